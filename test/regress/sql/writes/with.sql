-- WITH queries that write, RETURNING and views give what PostgreSQL gives, row by row
SET client_min_messages TO warning;
CREATE SCHEMA w_with_plain;
CREATE SCHEMA w_with;
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET search_path TO w_with_plain;
CREATE TABLE t (k int PRIMARY KEY, x int, y text DEFAULT 'd');
CREATE TABLE nk (k int, v int, w text);
CREATE TABLE far (name text, n int);
CREATE TABLE ref (id int PRIMARY KEY, x int);
CREATE TABLE p (k int, d int, v text) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p DEFAULT;
CREATE TABLE here (k int, x int);
CREATE VIEW v AS SELECT k, x FROM t WHERE EXISTS (SELECT FROM far WHERE far.n = t.k) WITH CHECK OPTION;
CREATE FUNCTION peek(int) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS 'BEGIN RETURN $1 <> 13; END';
CREATE VIEW barred WITH (security_barrier) AS SELECT k, v FROM nk WHERE v > 3 AND EXISTS (SELECT FROM far WHERE far.n = nk.v);
CREATE VIEW vv AS SELECT k, x FROM v WHERE x < 1000 WITH LOCAL CHECK OPTION;
SET search_path TO w_with;
CREATE TABLE t (k int PRIMARY KEY, x int, y text DEFAULT 'd');
CREATE TABLE nk (k int, v int, w text);
CREATE TABLE far (name text, n int);
CREATE TABLE ref (id int PRIMARY KEY, x int);
CREATE TABLE p (k int, d int, v text) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p DEFAULT;
CREATE TABLE here (k int, x int);
CREATE VIEW v AS SELECT k, x FROM t WHERE EXISTS (SELECT FROM far WHERE far.n = t.k) WITH CHECK OPTION;
CREATE FUNCTION peek(int) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS 'BEGIN RETURN $1 <> 13; END';
CREATE VIEW barred WITH (security_barrier) AS SELECT k, v FROM nk WHERE v > 3 AND EXISTS (SELECT FROM far WHERE far.n = nk.v);
CREATE VIEW vv AS SELECT k, x FROM v WHERE x < 1000 WITH LOCAL CHECK OPTION;
SET citus.shard_count TO 4;
SELECT create_distributed_table('t', 'k'), create_distributed_table('nk', 'k'), create_distributed_table('far', 'name'),
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
    FOREACH place IN ARRAY ARRAY['w_with_plain', 'w_with'] LOOP
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
    PERFORM set_config('search_path', 'w_with,public', true);
    RETURN CASE WHEN answers[1] = answers[2] THEN answers[1] ELSE 'DIFFERENT: ' || array_to_string(answers, ' | ') END;
END $$;

SELECT same($$INSERT INTO t SELECT i, i, 't' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO nk SELECT i % 7, i, 'n' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO far SELECT 'f' || i, i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO ref SELECT i, i FROM generate_series(1, 10) i$$);
SELECT same($$INSERT INTO p SELECT i, i, 'p' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO here SELECT i * 3, i FROM generate_series(1, 10) i$$);
-- every part sees what was there before
SELECT same($$WITH u AS (UPDATE t SET x = t.x + 100 FROM far WHERE far.n = t.k AND far.n < 4 RETURNING t.k, t.x) SELECT t.*, u.x FROM t JOIN u USING (k)$$);
SELECT same($$WITH u AS (UPDATE t SET x = t.x + 100 WHERE k < 4 RETURNING t.k, t.x) SELECT count(*), sum(t.x), (SELECT sum(x) FROM u) FROM t$$);
SELECT same($$WITH d AS (DELETE FROM nk USING far WHERE far.n = nk.v AND far.n < 4 RETURNING nk.*), i AS (INSERT INTO t SELECT v + 100, k, w FROM d RETURNING *) SELECT i.*, d.w, (SELECT count(*) FROM nk) FROM i JOIN d ON d.v = i.k - 100$$);
SELECT same($$SELECT * FROM t$$);
SELECT same($$SELECT * FROM nk$$);
-- not read, or read in part
SELECT same($$WITH u AS (UPDATE t SET y = far.name FROM far WHERE far.n = t.k) SELECT 1$$);
SELECT same($$WITH u AS (UPDATE t SET y = y || '!' FROM far WHERE far.n = t.k RETURNING t.k) SELECT count(*) FROM (SELECT FROM u LIMIT 1) l$$);
SELECT same($$WITH u AS (DELETE FROM t WHERE x IN (SELECT n FROM far WHERE n > 18)), w AS (INSERT INTO far VALUES ('w', 1000)) SELECT count(*) FROM far$$);
SELECT same($$SELECT * FROM t$$);
SELECT same($$SELECT count(*) FROM far$$);
-- writes that read what other writes return; CTEs in CTEs
SELECT same($$WITH a AS (SELECT n FROM far WHERE n < 6), u AS (UPDATE t SET x = a.n * 7 FROM a WHERE t.k = a.n RETURNING t.*), d AS (DELETE FROM nk USING u WHERE nk.v = u.k RETURNING nk.w, u.x) SELECT * FROM d$$);
SELECT same($$WITH d AS (DELETE FROM here RETURNING *) UPDATE t SET x = d.x FROM d WHERE d.k = t.k RETURNING t.*, d.*$$);
SELECT same($$WITH i AS (INSERT INTO here SELECT k, x FROM t WHERE k < 5 RETURNING *) DELETE FROM t USING i WHERE i.k = t.k AND i.x > 10 RETURNING t.*, i.x$$);
SELECT same($$WITH moved AS (DELETE FROM t WHERE k > 15 RETURNING *) INSERT INTO nk SELECT k, x, y FROM moved RETURNING *$$);
SELECT same($$WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r WHERE a < 5) UPDATE t SET x = r.a FROM r, far WHERE far.n = r.a AND t.k = far.n + 2 RETURNING t.k, t.x, r.a$$);
SELECT same($$WITH u AS (UPDATE t SET k = k + 1000 WHERE k < 10 RETURNING *) SELECT *, (SELECT count(*) FROM t) FROM u$$);
SELECT same($$WITH u AS (UPDATE t SET k = k - 1000 WHERE k > 1000 RETURNING *), c AS (SELECT count(*) FROM u) SELECT * FROM c$$);
SELECT same($$SELECT * FROM t$$);
SELECT same($$INSERT INTO t WITH d AS (DELETE FROM nk RETURNING *) SELECT v + 2000, k, w FROM d RETURNING *$$);
SELECT same($$WITH x AS (INSERT INTO ref SELECT k, x FROM t WHERE k > 2000 RETURNING id), y AS (UPDATE ref SET x = n FROM far WHERE far.n = ref.id RETURNING ref.*) SELECT (SELECT count(*) FROM x), y.* FROM y$$);
-- sub-selects in RETURNING, rows as a whole, system columns
SELECT same($$UPDATE t SET x = n FROM far WHERE far.n = t.k RETURNING t.k, (SELECT max(n) FROM far), (SELECT name FROM far f WHERE f.n = t.x LIMIT 1), far.n$$);
SELECT same($$UPDATE t SET x = n FROM far WHERE far.n = t.k AND n < 8 RETURNING t, far, t.tableoid::regclass = 't'::regclass, t.ctid IS NULL, EXISTS (SELECT FROM ref WHERE ref.id = t.k)$$);
SELECT same($$DELETE FROM t USING far WHERE far.n = t.k AND far.n = 3 RETURNING (SELECT count(*) FROM t), t.*$$);
SELECT same($$UPDATE p SET v = name FROM far WHERE far.n = p.d RETURNING p.*, p.tableoid::regclass::text$$);
SELECT same($$UPDATE p SET k = k + 1 WHERE d < 4 RETURNING p.*, p.tableoid::regclass::text, (SELECT count(*) FROM p)$$);
SELECT same($$INSERT INTO p VALUES (1, 5, 'new'), (2, 50, 'new') RETURNING tableoid::regclass::text, p$$);
SELECT same($$UPDATE p SET d = d + 100 WHERE v = 'new' RETURNING tableoid::regclass::text, *$$);
SELECT same($$UPDATE p SET v = v || 1 RETURNING tableoid = (SELECT oid FROM pg_class c WHERE c.oid = p.tableoid), p.v$$);
SELECT same($$DELETE FROM p USING far WHERE far.n = p.d RETURNING p.d, p.tableoid::regclass::text$$);
SELECT same($$WITH a AS (SELECT 5 AS n) UPDATE t SET x = 1000 FROM far WHERE far.n = t.k RETURNING t.k, (SELECT n FROM a)$$);
-- several columns from a sub-select, FROM that gives a row several times
SELECT same($$UPDATE t SET (x, y) = (SELECT n, name FROM far WHERE far.n = t.k) WHERE k IN (SELECT n FROM far) RETURNING *$$);
SELECT same($$UPDATE t SET x = s.a FROM (VALUES (7, 1), (7, 1)) s(k, a), far WHERE s.k = t.k AND far.n = s.k RETURNING t.x IN (1, 2)$$);
-- views with check options that read other tables
SELECT same($$UPDATE v SET x = x + 1 WHERE k < 9 RETURNING *$$);
SELECT same($$UPDATE v SET k = 5000 WHERE k = 7$$);
SELECT same($$UPDATE vv SET x = 2000 WHERE k = 8$$);
SELECT same($$UPDATE vv SET x = 20 FROM far WHERE far.n = k AND k = 8 RETURNING vv.*, name$$);
SELECT same($$INSERT INTO v VALUES (18, 1) RETURNING *$$);
SELECT same($$INSERT INTO v VALUES (9999, 1)$$);
SELECT same($$INSERT INTO vv VALUES (19, 9999)$$);
SELECT same($$DELETE FROM vv WHERE k = 18 RETURNING *$$);
SELECT same($$SELECT * FROM t$$);
-- views behind a barrier, with functions that only this node may call
SELECT same($$UPDATE barred SET v = v + 1 WHERE peek(v) RETURNING *$$);
SELECT same($$DELETE FROM barred WHERE peek(v) AND v > 19 RETURNING *$$);
SELECT same($$SELECT * FROM nk$$);
SELECT same($$INSERT INTO nk VALUES (1, 1, 'a'), (2, 2, 'b') RETURNING 1$$);
SELECT same($$WITH i AS (INSERT INTO nk VALUES (1, 1, 'a'), (2, 2, 'b') RETURNING 1) SELECT count(*) FROM i$$);

DROP SCHEMA w_with, w_with_plain CASCADE;
