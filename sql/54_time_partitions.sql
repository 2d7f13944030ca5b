-- Partitions by time: which there are, making those to come, and letting go of the old ones.

CREATE FUNCTION pg_catalog.time_partition_range(table_name regclass, OUT lower_bound text, OUT upper_bound text)
    RETURNS record LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bound text;
    parts text[];
BEGIN
    SELECT pg_get_expr(c.relpartbound, c.oid) INTO bound FROM pg_class c WHERE c.oid = table_name AND c.relispartition;
    IF bound IS NULL THEN
        RAISE EXCEPTION USING errcode = 'wrong_object_type', message = format('"%s" is not a partition', table_name);
    END IF;
    parts := regexp_match(bound, '^FOR VALUES FROM \((.*)\) TO \((.*)\)$');
    IF parts IS NULL THEN
        RETURN; -- the default partition, or not by range
    END IF;
    SELECT array_agg(CASE WHEN p ~ '^''.*''$' THEN replace(substr(p, 2, length(p) - 2), '''''', '''') ELSE p END
                     ORDER BY i) INTO parts FROM unnest(parts) WITH ORDINALITY u (p, i);
    lower_bound := parts[1];
    upper_bound := parts[2];
END $$;
COMMENT ON FUNCTION pg_catalog.time_partition_range(regclass) IS
    'the bounds of a partition by range, NULL for the default partition';

CREATE VIEW citus.time_partitions AS
SELECT i.inhparent::regclass AS parent_table, a.attname AS partition_column, c.oid::regclass AS partition,
       r.lower_bound AS from_value, r.upper_bound AS to_value, m.amname AS access_method
FROM pg_catalog.pg_partitioned_table p
JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
JOIN pg_catalog.pg_inherits i ON i.inhparent = p.partrelid
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
CROSS JOIN LATERAL pg_catalog.time_partition_range(c.oid) r
WHERE p.partstrat = 'r' AND p.partnatts = 1
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.oid = c.relnamespace AND n.nspname = 'citus_internal')
      AND NOT pg_catalog.relation_is_a_known_shard(c.oid)
ORDER BY i.inhparent::regclass::text, r.lower_bound;
ALTER VIEW citus.time_partitions SET SCHEMA pg_catalog;
COMMENT ON VIEW pg_catalog.time_partitions IS 'the partitions of tables that are partitioned by the range of one column';
GRANT SELECT ON pg_catalog.time_partitions TO PUBLIC;

-- The column by which a table is partitioned; raises unless it is one column of dates or times, by range.
CREATE FUNCTION citus_internal.time_partition_column(table_name regclass, OUT name name, OUT type regtype)
    RETURNS record LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT a.attname, a.atttypid INTO name, type
    FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
    WHERE p.partrelid = table_name AND p.partstrat = 'r' AND p.partnatts = 1;
    IF name IS NULL THEN
        RAISE EXCEPTION USING errcode = 'wrong_object_type',
            message = format('"%s" is not partitioned by the range of one column', table_name);
    ELSIF type NOT IN ('date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) THEN
        RAISE EXCEPTION USING errcode = 'wrong_object_type',
            message = format('the partition column of "%s" is of type %s', table_name, type),
            hint = 'Partitions can be made by time for columns of the types date, timestamp and timestamptz.';
    END IF;
END $$;
COMMENT ON FUNCTION citus_internal.time_partition_column(regclass) IS
    'the column of dates or times by whose range a table is partitioned';

-- How partitions of an interval are named, and to what a first one is rounded down.
CREATE FUNCTION citus_internal.time_partition_style(partition_interval interval, OUT suffix text, OUT rounding text)
    RETURNS record LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.suffix, s.rounding
    FROM (VALUES ('1 year'::pg_catalog.interval, 'YYYY', 'year'), ('3 months', 'YYYY"q"Q', 'quarter'),
                 ('1 month', 'YYYY_MM', 'month'), ('7 days', 'IYYY"w"IW', 'week'), ('1 day', 'YYYY_MM_DD', 'day'),
                 ('1 hour', 'YYYY_MM_DD_HH24MI', 'hour'), ('0', 'YYYY_MM_DD_HH24MISS', 'minute')) s (at_least, suffix, rounding)
    WHERE partition_interval OPERATOR(pg_catalog.>=) s.at_least
    ORDER BY s.at_least DESC LIMIT 1
$$;
COMMENT ON FUNCTION citus_internal.time_partition_style(interval) IS
    'how partitions of an interval are named, and to what the first one is rounded down';

CREATE FUNCTION pg_catalog.get_missing_time_partition_ranges(
    table_name regclass, partition_interval interval, to_value timestamptz, from_value timestamptz DEFAULT now())
    RETURNS TABLE (partition_name text, range_from_value text, range_to_value text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key record := citus_internal.time_partition_column(table_name);
    style record := citus_internal.time_partition_style(partition_interval);
    first timestamp;      -- times are counted in the session's time zone
    last timestamp := to_value::timestamp;
    origin timestamp;     -- the bound of an existing partition, with which new ones line up
    step bigint := 0;
    lower timestamp;
    upper timestamp;
    clash regclass;
BEGIN
    IF partition_interval <= '0'::interval OR style IS NULL THEN
        RAISE EXCEPTION USING errcode = 'invalid_parameter_value', message = 'the interval of partitions must be positive';
    ELSIF key.type = 'date'::regtype AND partition_interval <> date_trunc('day', partition_interval) THEN
        RAISE EXCEPTION USING errcode = 'invalid_parameter_value',
            message = format('the partition column of "%s" is a date, so its partitions take whole days', table_name);
    ELSIF from_value >= to_value THEN
        RAISE EXCEPTION USING errcode = 'invalid_parameter_value', message = 'the end must be after the start',
            detail = format('The start is %s, the end is %s.', from_value, to_value);
    END IF;

    SELECT min(p.from_value::timestamptz)::timestamp INTO origin FROM time_partitions p
    WHERE p.parent_table = table_name AND p.from_value IS NOT NULL AND p.from_value <> 'MINVALUE';
    first := from_value::timestamp;
    origin := coalesce(origin, date_trunc(style.rounding, first));
    -- Steps are counted from the origin: a month after 31 January must not drag all later ones along.
    WHILE origin + step * partition_interval > first LOOP step := step - 1; END LOOP;
    WHILE origin + (step + 1) * partition_interval <= first LOOP step := step + 1; END LOOP;

    LOOP
        lower := origin + step * partition_interval;
        upper := origin + (step + 1) * partition_interval;
        EXIT WHEN lower >= last;
        step := step + 1;
        SELECT p.partition INTO clash FROM time_partitions p
        WHERE p.parent_table = table_name AND p.from_value IS NOT NULL
              AND CASE p.from_value WHEN 'MINVALUE' THEN '-infinity' ELSE p.from_value::timestamptz::timestamp END < upper
              AND CASE p.to_value WHEN 'MAXVALUE' THEN 'infinity' ELSE p.to_value::timestamptz::timestamp END > lower
        LIMIT 1;
        IF clash IS NOT NULL THEN
            CONTINUE WHEN EXISTS (
                SELECT FROM time_partitions p
                WHERE p.partition = clash
                      AND CASE p.from_value WHEN 'MINVALUE' THEN '-infinity' ELSE p.from_value::timestamptz::timestamp END <= lower
                      AND CASE p.to_value WHEN 'MAXVALUE' THEN 'infinity' ELSE p.to_value::timestamptz::timestamp END >= upper);
            RAISE EXCEPTION USING errcode = 'invalid_object_definition',
                message = format('partition "%s" does not line up with the interval %s', clash, partition_interval),
                detail = format('A partition from %s to %s would overlap with it.', lower, upper),
                hint = 'Give the interval of the existing partitions, or a start after the last of them.';
        END IF;
        partition_name := (SELECT substr(c.relname, 1, 63 - length(s)) || s
                           FROM pg_class c, concat('_p', to_char(lower, style.suffix)) s WHERE c.oid = table_name);
        range_from_value := CASE key.type WHEN 'date'::regtype THEN lower::date::text
                            WHEN 'timestamp'::regtype THEN lower::text ELSE lower::timestamptz::text END;
        range_to_value := CASE key.type WHEN 'date'::regtype THEN upper::date::text
                          WHEN 'timestamp'::regtype THEN upper::text ELSE upper::timestamptz::text END;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION pg_catalog.get_missing_time_partition_ranges(regclass, interval, timestamptz, timestamptz) IS
    'names and bounds of the partitions that a table lacks from a start to an end';

-- These run with the caller's rights, and make and drop partitions as the caller would.
CREATE FUNCTION pg_catalog.create_time_partitions(
    table_name regclass, partition_interval interval, end_at timestamptz, start_from timestamptz DEFAULT now())
    RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    missing record;
    schema text := (SELECT c.relnamespace::regnamespace::text FROM pg_class c WHERE c.oid = table_name);
    has_made_one boolean := false;
BEGIN
    FOR missing IN
        SELECT * FROM get_missing_time_partition_ranges(table_name, partition_interval, end_at, start_from)
    LOOP
        EXECUTE format('CREATE TABLE %s.%I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)', schema, missing.partition_name,
                       table_name, missing.range_from_value, missing.range_to_value);
        has_made_one := true;
    END LOOP;
    RETURN has_made_one;
END $$;
COMMENT ON FUNCTION pg_catalog.create_time_partitions(regclass, interval, timestamptz, timestamptz) IS
    'makes the partitions that a table lacks from a start to an end; false when it lacks none';

CREATE PROCEDURE pg_catalog.drop_old_time_partitions(table_name regclass, older_than timestamptz)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old record;
BEGIN
    PERFORM citus_internal.time_partition_column(table_name);
    FOR old IN
        SELECT p.partition, p.from_value, p.to_value FROM pg_catalog.time_partitions p
        WHERE p.parent_table = table_name AND p.to_value IS NOT NULL AND p.to_value <> 'MAXVALUE'
              AND p.to_value::timestamptz <= older_than
        ORDER BY p.to_value::timestamptz
    LOOP
        RAISE NOTICE 'dropping % with start time % and end time %', old.partition, old.from_value, old.to_value;
        EXECUTE pg_catalog.format('DROP TABLE %s', old.partition);
    END LOOP;
END $$;
COMMENT ON PROCEDURE pg_catalog.drop_old_time_partitions(regclass, timestamptz) IS
    'drops the partitions that end at or before a time';
