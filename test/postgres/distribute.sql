-- Distributes every table that is made, as soon as it is made.
CREATE SCHEMA suite;
GRANT USAGE ON SCHEMA suite TO public;

-- The first column with a hash function that all unique indexes of the table hold.
CREATE FUNCTION suite.distribution_column(relation oid) RETURNS name LANGUAGE sql
SET search_path = pg_catalog AS $$
    SELECT a.attname
    FROM pg_attribute a
    LEFT JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND NOT EXISTS (SELECT FROM pg_index i
                      WHERE i.indrelid = relation AND i.indisunique
                        AND NOT a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
      AND (EXISTS (SELECT FROM pg_opclass o
                   WHERE o.opcmethod = 405 AND o.opcdefault
                     AND o.opcintype IN (a.atttypid, CASE t.typtype WHEN 'd' THEN t.typbasetype END))
           OR t.typtype IN ('e', 'r', 'm') OR t.typcategory = 'A' OR t.oid = 'varchar'::regtype)
    ORDER BY a.attnum LIMIT 1
$$;

CREATE FUNCTION suite.distribute(relation regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    key name := suite.distribution_column(relation);
    reason text;
BEGIN
    IF key IS NOT NULL THEN
        BEGIN
            PERFORM pg_catalog.create_distributed_table(relation, key);
            RETURN;
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING 'not distributed: %', SQLERRM USING ERRCODE = 'SUITE';
        END;
    END IF;
    BEGIN
        PERFORM pg_catalog.create_reference_table(relation);
    EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'left local: %', SQLERRM USING ERRCODE = 'SUITE';
    END;
    IF EXISTS (SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid OPERATOR(pg_catalog.=) relation) THEN RETURN; END IF;
    -- A foreign key of a local table is checked where the referenced rows are.
    PERFORM pg_catalog.undistribute_table(p.logicalrelid, cascade_via_foreign_keys => true)
    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_dist_partition p
      ON p.logicalrelid::pg_catalog.oid OPERATOR(pg_catalog.=) c.confrelid
    WHERE c.conrelid OPERATOR(pg_catalog.=) relation::pg_catalog.oid AND c.contype OPERATOR(pg_catalog.=) 'f';
END
$$;

CREATE FUNCTION suite.on_table() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
    made record; -- Partitions of distributed tables are distributed without asking, but later.
BEGIN
    FOR made IN
        SELECT objid FROM pg_catalog.pg_event_trigger_ddl_commands()
        WHERE classid OPERATOR(pg_catalog.=) 1259::pg_catalog.oid AND object_type OPERATOR(pg_catalog.=) 'table'
          AND NOT schema_name OPERATOR(pg_catalog.~) '^pg_temp|^citus_internal$'
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_dist_partition
                       WHERE logicalrelid OPERATOR(pg_catalog.=) made.objid::pg_catalog.regclass)
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
                           JOIN pg_catalog.pg_dist_partition p ON p.logicalrelid::pg_catalog.oid OPERATOR(pg_catalog.=) i.inhparent
                           WHERE i.inhrelid OPERATOR(pg_catalog.=) made.objid AND c.relispartition) THEN
            PERFORM suite.distribute(made.objid);
        END IF;
    END LOOP;
END
$$;

CREATE EVENT TRIGGER suite ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
    EXECUTE FUNCTION suite.on_table();
