-- writes row by row change all copies of a row alike, with and without a primary key
SET client_min_messages TO warning;
CREATE SCHEMA w_copies_plain;
CREATE SCHEMA w_copies;
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET search_path TO w_copies_plain;
CREATE TABLE t (k int PRIMARY KEY, x int, y text DEFAULT 'd');
CREATE TABLE nk (k int, v numeric, w json, gone int);
ALTER TABLE nk DROP COLUMN gone;
CREATE TABLE far (name text, n int);
CREATE TABLE p (k int, d int, v text) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p DEFAULT;
SET search_path TO w_copies;
CREATE TABLE t (k int PRIMARY KEY, x int, y text DEFAULT 'd');
CREATE TABLE nk (k int, v numeric, w json, gone int);
ALTER TABLE nk DROP COLUMN gone;
CREATE TABLE far (name text, n int);
CREATE TABLE p (k int, d int, v text) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p DEFAULT;
SET citus.shard_count TO 4;
SET citus.shard_replication_factor TO 2;
SELECT create_distributed_table('t', 'k'), create_distributed_table('nk', 'k'), create_distributed_table('far', 'name'),
       create_distributed_table('p', 'k');
-- whether all copies of a table's shards hold the same rows
CREATE FUNCTION are_equal(name text) RETURNS boolean LANGUAGE sql AS $$
    SELECT bool_and(n = 1) FROM (
        SELECT shardid, count(DISTINCT result) AS n
        FROM run_command_on_placements(name, 'SELECT coalesce(sum(hashtext(t::text)::bigint), 0) || '','' || count(*) FROM %s t')
        GROUP BY shardid) s $$;
-- runs a statement on the distributed tables and on plain ones, and says whether both did the same
CREATE FUNCTION same(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    place text;
    answers text[] := '{}';
    answer text;
    each record;
    total bigint;
BEGIN
    FOREACH place IN ARRAY ARRAY['w_copies_plain', 'w_copies'] LOOP
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
    PERFORM set_config('search_path', 'w_copies,public', true);
    RETURN CASE WHEN answers[1] = answers[2] THEN answers[1] ELSE 'DIFFERENT: ' || array_to_string(answers, ' | ') END;
END $$;

SELECT same($$INSERT INTO t SELECT i, i, 't' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO nk SELECT i % 3, i % 2, '{}' FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO nk VALUES (1, 1.0, '{ }'), (NULL, 7, NULL), (NULL, 7, NULL)$$);
SELECT same($$INSERT INTO far SELECT 'f' || i, i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO p SELECT i, i, 'p' || i FROM generate_series(1, 20) i$$);
-- rows that are equal in all columns
SELECT same($$UPDATE nk SET v = v + n FROM far WHERE far.n = nk.v RETURNING *$$);
SELECT same($$UPDATE nk SET w = to_json(far.n) FROM far WHERE far.n = nk.k AND nk.v < 1 RETURNING k, v, w::text$$);
SELECT same($$WITH n AS (SELECT k FROM nk LIMIT 1) DELETE FROM nk USING n, far WHERE nk.k IS NULL AND far.n = nk.v - 1 RETURNING nk.k$$);
UPDATE nk SET v = random();
SELECT count(*), count(DISTINCT v) FROM nk;
SELECT are_equal('nk'), are_equal('t'), are_equal('p');
SELECT same($$UPDATE nk SET v = 1$$);
SELECT same($$UPDATE nk SET k = CASE WHEN k = 1 THEN NULL ELSE k + 1 END$$);
SELECT same($$SELECT k, v, w::text FROM nk$$);
-- other tables and copies
SELECT same($$UPDATE t SET x = n, k = t.k + 100 FROM far WHERE far.n = t.k RETURNING t.*, far.name$$);
SELECT same($$MERGE INTO t USING far ON t.k = far.n + 100 WHEN MATCHED AND far.n < 5 THEN DELETE WHEN MATCHED AND far.n < 10 THEN UPDATE SET k = far.n WHEN MATCHED THEN UPDATE SET y = name$$);
SELECT same($$MERGE INTO p USING far ON p.d = far.n WHEN MATCHED AND far.n < 5 THEN DELETE WHEN MATCHED AND far.n < 12 THEN UPDATE SET d = p.d + 7, v = name WHEN MATCHED THEN UPDATE SET k = k + 1$$);
SELECT same($$INSERT INTO t VALUES (6, 6, 'six'), (106, 6, 'new') ON CONFLICT (k) DO UPDATE SET x = (SELECT count(*) FROM far), y = excluded.y RETURNING *$$);
SELECT same($$SELECT * FROM t$$);
SELECT same($$SELECT *, tableoid::regclass::text FROM p$$);
SELECT are_equal('nk'), are_equal('t'), are_equal('p');

DROP SCHEMA w_copies, w_copies_plain CASCADE;
