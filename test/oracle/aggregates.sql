-- Prints statements that call every aggregate of the server: plain, grouped, with FILTER, with DISTINCT, beside others.
WITH columns(type, expression) AS (VALUES
    ('smallint', 'i2'), ('integer', 'i4'), ('bigint', 'i8'), ('numeric', 'n'), ('real', 'f4'), ('double precision', 'f8'),
    ('interval', 'iv'), ('money', 'mo'), ('text', 't'), ('character', 'bp'), ('date', 'd'), ('time without time zone', 'ti'),
    ('time with time zone', 'tz'), ('timestamp without time zone', 'ts'), ('timestamp with time zone', 'tstz'),
    ('boolean', 'b'), ('bit', 'bi'), ('bytea', 'by'), ('inet', 'ip'), ('pg_lsn', 'lsn'), ('xid8', 'x8'), ('anyenum', 'm'),
    ('anyarray', 'ai'), ('anynonarray', 'i4'), ('anyelement', 'i4'), ('"any"', 'i4'), ('anyrange', 'r'),
    ('anymultirange', 'mr'), ('oid', 'i4::oid'), ('tid', '(''(0,'' || i2 || '')'')::tid'), ('xml', 'x')),
calls AS (
    SELECT p.oid, a.aggkind, p.proname, a.aggcombinefn <> 0 AS combines,
        (SELECT string_agg(CASE WHEN p.proname ~ '^(string_agg)$' AND n = 2
                                THEN CASE t.type::regtype::text WHEN 'text' THEN ''',''' ELSE '''\x2c''::bytea' END
                                WHEN p.proname ~ 'object_agg' AND n = 1 THEN 'k' ELSE c.expression END, ', ' ORDER BY n)
         FROM unnest(p.proargtypes) WITH ORDINALITY t(type, n) LEFT JOIN columns c ON c.type = t.type::regtype::text) AS arguments,
        p.pronargs
    FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND a.aggkind = 'n'),
bodies AS (
    SELECT oid, proname,
        CASE WHEN pronargs = 0 THEN '*' WHEN combines THEN arguments ELSE arguments || ' ORDER BY k, g' END AS body,
        CASE WHEN pronargs = 1 THEN 'DISTINCT ' || arguments || CASE WHEN combines THEN '' ELSE ' ORDER BY ' || arguments END END AS distinct_body
    FROM calls),
forms AS (
    SELECT oid, form.* FROM bodies, LATERAL (VALUES
        (1, format('SELECT %s(%s) FROM samples;', proname, body)),
        (2, format('SELECT g, %s(%s) FROM samples GROUP BY g ORDER BY g;', proname, body)),
        (3, format('SELECT k, %s(%s) FROM samples GROUP BY k ORDER BY k;', proname, body)),
        (4, format('SELECT g, %s(%s) FILTER (WHERE k > 20), stddev_pop(i4), count(*) FROM samples GROUP BY g ORDER BY g;', proname, body)),
        (5, format('SELECT %s(%s) FILTER (WHERE false), regr_count(f8, f8) FROM samples;', proname, body)),
        (6, format('SELECT g %% 2, %s(%s), grouping(g %% 2) FROM samples GROUP BY ROLLUP (g %% 2) ORDER BY 3, 1;', proname, body)),
        (7, format('SELECT %s(%s) FROM samples WHERE k IS NULL AND g = 77;', proname, body)),
        (8, format('SELECT g, %s(%s) FROM samples GROUP BY g ORDER BY g;', proname, distinct_body)),
        (9, format('SELECT %s(%s), var_samp(n) FROM samples;', proname, distinct_body))) AS form(number, statement)
    WHERE statement IS NOT NULL)
SELECT statement FROM forms ORDER BY oid, number;

-- Ordered-set and hypothetical-set aggregates.
SELECT format('SELECT %s%s(%s) WITHIN GROUP (ORDER BY %s)%s FROM samples%s;', g.target, a.name, a.direct, a.sorted, f.filter, g.clause)
FROM (VALUES ('percentile_disc', '0.3', 'i4'), ('percentile_disc', 'ARRAY[0.2, 0.9]', 't'), ('percentile_cont', '0.4', 'f8'),
          ('percentile_cont', '0.5', 'iv'), ('percentile_cont', 'ARRAY[0, 0.5, 1]', 'f8'), ('mode', '', 'm'), ('mode', '', 'd'),
          ('rank', '40', 'i4'), ('dense_rank', '40', 'i4'), ('percent_rank', '40', 'i4'), ('cume_dist', '40', 'i4'),
          ('rank', '3, ''t''', 'g, t')) AS a(name, direct, sorted),
     (VALUES ('', ''), ('g, ', ' GROUP BY g ORDER BY g')) AS g(target, clause),
     (VALUES (''), (' FILTER (WHERE k > 5)')) AS f(filter);
