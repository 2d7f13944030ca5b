-- MERGE whose shards cannot run it alone gives what PostgreSQL gives
SET client_min_messages TO warning;
CREATE SCHEMA w_merge_plain;
CREATE SCHEMA w_merge;
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET search_path TO w_merge_plain;
CREATE TABLE t (k int PRIMARY KEY, x int, y text DEFAULT 'd', z serial);
CREATE TABLE nk (k int, v int, w text);
CREATE TABLE src (s int, k int, x int, y text);
CREATE TABLE ref (id int PRIMARY KEY, x int);
CREATE TABLE p (k int, d int, v text, PRIMARY KEY (k, d)) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p DEFAULT;
CREATE TABLE here (k int, x int);
SET search_path TO w_merge;
CREATE TABLE t (k int PRIMARY KEY, x int, y text DEFAULT 'd', z serial);
CREATE TABLE nk (k int, v int, w text);
CREATE TABLE src (s int, k int, x int, y text);
CREATE TABLE ref (id int PRIMARY KEY, x int);
CREATE TABLE p (k int, d int, v text, PRIMARY KEY (k, d)) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p DEFAULT;
CREATE TABLE here (k int, x int);
SET citus.shard_count TO 4;
SELECT create_distributed_table('t', 'k'), create_distributed_table('nk', 'k'), create_distributed_table('src', 's'),
       create_reference_table('ref'), create_distributed_table('p', 'k');
-- runs a statement on the distributed tables and on plain ones, and says whether both did the same
CREATE FUNCTION same(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    place text;
    answers text[] := '{}';
    answer text;
    each record;
    total bigint;
BEGIN
    FOREACH place IN ARRAY ARRAY['w_merge_plain', 'w_merge'] LOOP
        PERFORM set_config('search_path', place || ',public', true);
        BEGIN
            answer := '';
            total := 0;
            IF statement ~* 'returning|^select|^with' THEN
                FOR each IN EXECUTE statement LOOP
                    total := total + 1;
                    answer := answer || ' ' || each::text;
                END LOOP;
                SELECT string_agg(part, ' ' ORDER BY part) INTO answer FROM regexp_split_to_table(answer, ' (?=\()') part;
            ELSE
                EXECUTE statement;
                GET DIAGNOSTICS total = ROW_COUNT;
            END IF;
            answer := total || ' rows' || coalesce(answer, '');
        EXCEPTION WHEN OTHERS THEN
            answer := SQLSTATE || ' ' || SQLERRM;
        END;
        answers := answers || answer;
    END LOOP;
    PERFORM set_config('search_path', 'w_merge,public', true);
    RETURN CASE WHEN answers[1] = answers[2] THEN answers[1] ELSE 'DIFFERENT: ' || array_to_string(answers, ' | ') END;
END $$;

SELECT same($$INSERT INTO t (k, x, y) SELECT i, i, 't' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO nk SELECT i % 7, i, 'n' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO src SELECT i, i + 10, i * 100, 's' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO ref SELECT i, i FROM generate_series(1, 10) i$$);
SELECT same($$INSERT INTO p SELECT i, i, 'p' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO here SELECT i * 3, i FROM generate_series(1, 10) i$$);
-- a source whose rows are elsewhere, all actions
SELECT same($$MERGE INTO t USING src ON t.k = src.k WHEN MATCHED AND src.s < 3 THEN DELETE WHEN MATCHED AND src.s < 5 THEN DO NOTHING WHEN MATCHED THEN UPDATE SET x = src.x, y = t.y || src.y WHEN NOT MATCHED AND src.k > 28 THEN DO NOTHING WHEN NOT MATCHED THEN INSERT (k, x, y) VALUES (src.k, src.x, src.y)$$);
SELECT same($$SELECT k, x, y FROM t$$);
SELECT same($$MERGE INTO t USING here h ON t.k = h.k WHEN MATCHED THEN UPDATE SET x = DEFAULT, y = DEFAULT WHEN NOT MATCHED THEN INSERT (k) VALUES (h.k)$$);
SELECT same($$SELECT k, x, y FROM t$$);
-- values computed only for their action, sub-selects, volatile conditions
SELECT same($$MERGE INTO t USING src ON t.k = src.k WHEN MATCHED AND t.x = 0 THEN UPDATE SET x = 1 / t.x WHEN MATCHED AND EXISTS (SELECT FROM nk WHERE nk.v = src.s) THEN UPDATE SET x = (SELECT sum(v) FROM nk WHERE nk.k = src.s % 7), y = (SELECT max(y) FROM src s2) WHEN NOT MATCHED AND random() < 2 THEN INSERT VALUES (src.k, (SELECT count(*) FROM nk), 'new', 0)$$);
SELECT same($$SELECT k, x, y FROM t$$);
-- WITH, sub-selects as source, joins as source, no rows
SELECT same($$/**/ WITH w AS (SELECT k, max(x) AS x FROM src GROUP BY k) MERGE INTO t USING w ON w.k = t.k WHEN MATCHED AND w.x > (SELECT min(x) FROM w) THEN UPDATE SET x = w.x + (SELECT count(*) FROM w)$$);
SELECT same($$SELECT k, x, y FROM t$$);
SELECT same($$MERGE INTO t USING (SELECT src.k, ref.x FROM src JOIN ref ON ref.id = src.s) s ON t.k = s.k WHEN MATCHED THEN UPDATE SET x = s.x WHEN NOT MATCHED THEN INSERT (k, x) VALUES (s.k, s.x)$$);
SELECT same($$MERGE INTO t USING src JOIN nk ON nk.v = src.s ON t.k = src.k WHEN MATCHED THEN UPDATE SET x = nk.v$$);
SELECT same($$SELECT k, x, y FROM t$$);
SELECT same($$MERGE INTO t USING src ON t.k = src.k AND src.k < 0 WHEN MATCHED THEN DELETE$$);
SELECT same($$MERGE INTO t USING src ON false WHEN MATCHED THEN DELETE$$);
-- a row is hit twice
SELECT same($$MERGE INTO t USING nk ON t.k = nk.k WHEN MATCHED THEN UPDATE SET x = nk.v$$);
SELECT same($$MERGE INTO t USING (SELECT 5 AS a UNION ALL SELECT 5) s ON t.k = a WHEN MATCHED THEN DELETE$$);
SELECT same($$MERGE INTO t USING (SELECT 1000 AS a UNION ALL SELECT 1000) s ON t.k = a WHEN NOT MATCHED THEN INSERT (k) VALUES (a)$$);
SELECT same($$MERGE INTO t USING nk ON t.k = nk.k WHEN MATCHED THEN DO NOTHING$$);
-- rows that move, rows inserted into other shards
SELECT same($$MERGE INTO t USING src ON t.k = src.k WHEN MATCHED THEN UPDATE SET k = t.k + 100, y = 'moved'$$);
SELECT same($$SELECT k, x, y FROM t$$);
SELECT same($$MERGE INTO t USING src ON t.k = src.k + 100 WHEN MATCHED THEN UPDATE SET k = src.k WHEN NOT MATCHED THEN INSERT (k, y) VALUES (src.k + 500, 'far')$$);
SELECT same($$SELECT k, x, y FROM t$$);
SELECT same($$MERGE INTO nk USING src ON nk.v = src.s WHEN MATCHED AND src.s < 5 THEN UPDATE SET k = NULL WHEN MATCHED AND src.s < 10 THEN DELETE WHEN MATCHED THEN UPDATE SET w = src.y WHEN NOT MATCHED THEN INSERT VALUES (NULL, src.s, 'null')$$);
SELECT same($$SELECT * FROM nk$$);
SELECT same($$MERGE INTO t USING src ON t.k = src.k WHEN MATCHED THEN UPDATE SET (y, x) = (SELECT w, count(*) FROM nk WHERE nk.v = src.s GROUP BY w UNION SELECT 'none', t.x WHERE src.s > 20)$$);
SELECT same($$SELECT k, x, y FROM t$$);
-- reference tables and partitions
SELECT same($$MERGE INTO ref USING src ON ref.id = src.s WHEN MATCHED THEN UPDATE SET x = src.x WHEN NOT MATCHED THEN INSERT VALUES (src.s, src.x)$$);
SELECT same($$SELECT * FROM ref$$);
SELECT same($$MERGE INTO p USING src ON p.d = src.s WHEN MATCHED AND src.s < 4 THEN UPDATE SET d = p.d + 10 WHEN MATCHED AND src.s < 12 THEN DELETE WHEN MATCHED THEN UPDATE SET v = src.y WHEN NOT MATCHED THEN INSERT VALUES (src.k, src.s, 'new')$$);
SELECT same($$MERGE INTO p USING src ON p.d = src.s AND p.k = src.s WHEN MATCHED AND src.s > 15 THEN UPDATE SET d = p.d + 100, k = p.k + 100$$);
SELECT same($$SELECT *, tableoid::regclass::text = 'p1' FROM p$$);

DROP SCHEMA w_merge, w_merge_plain CASCADE;
