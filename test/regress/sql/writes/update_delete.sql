-- UPDATE, DELETE and MERGE, in shard groups and row by row, give what PostgreSQL gives
SET client_min_messages TO warning;
CREATE SCHEMA w_modify_plain;
CREATE SCHEMA w_modify;
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET search_path TO w_modify_plain;
CREATE TABLE t (k int PRIMARY KEY, x int, y text DEFAULT 'd', z numeric(10,2), ts timestamptz, arr int[], j jsonb);
CREATE TABLE u (k int, id int, v text, PRIMARY KEY (k, id));
CREATE TABLE nk (k int, v text);
CREATE TABLE far (name text, n int);
CREATE TABLE ref (id int PRIMARY KEY, name text);

CREATE TABLE p (k int, d date, v text) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE p2 PARTITION OF p DEFAULT;
CREATE VIEW vt AS SELECT k, x, y FROM t WHERE x > 0;
CREATE VIEW vc AS SELECT k, x, y FROM t WHERE x > 0 WITH CHECK OPTION;
CREATE TYPE cmp AS (a int, b text);
CREATE TABLE ty (k int, c cmp, ca cmp[]);
CREATE FUNCTION rows_of_t() RETURNS bigint LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT count(*) FROM t); END';
SET search_path TO w_modify;
CREATE TABLE t (k int PRIMARY KEY, x int, y text DEFAULT 'd', z numeric(10,2), ts timestamptz, arr int[], j jsonb);
CREATE TABLE u (k int, id int, v text, PRIMARY KEY (k, id));
CREATE TABLE nk (k int, v text);
CREATE TABLE far (name text, n int);
CREATE TABLE ref (id int PRIMARY KEY, name text);

CREATE TABLE p (k int, d date, v text) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE p2 PARTITION OF p DEFAULT;
CREATE VIEW vt AS SELECT k, x, y FROM t WHERE x > 0;
CREATE VIEW vc AS SELECT k, x, y FROM t WHERE x > 0 WITH CHECK OPTION;
CREATE TYPE cmp AS (a int, b text);
CREATE TABLE ty (k int, c cmp, ca cmp[]);
CREATE FUNCTION rows_of_t() RETURNS bigint LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT count(*) FROM t); END';
SET citus.shard_count TO 4;
SELECT create_distributed_table('t', 'k'), create_distributed_table('u', 'k'), create_distributed_table('nk', 'k'),
       create_distributed_table('far', 'name'), create_reference_table('ref');

SELECT create_distributed_table('p', 'k'), create_distributed_table('ty', 'k');
-- runs a statement on the distributed tables and on plain ones, and says whether both did the same
CREATE FUNCTION same(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    place text;
    answers text[] := '{}';
    answer text;
    each record;
    total bigint;
BEGIN
    FOREACH place IN ARRAY ARRAY['w_modify_plain', 'w_modify'] LOOP
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
    PERFORM set_config('search_path', 'w_modify,public', true);
    RETURN CASE WHEN answers[1] = answers[2] THEN answers[1] ELSE 'DIFFERENT: ' || array_to_string(answers, ' | ') END;
END $$;

-- rows to change
SELECT same($$INSERT INTO t (k, x, y) SELECT i, i, 's' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO u SELECT i, i, 'u' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO nk SELECT i, 'n' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO far SELECT 'f' || i, i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO ref SELECT i, 'r' || i FROM generate_series(1, 5) i$$);
SELECT same($$INSERT INTO nk VALUES (NULL, 'null'), (1, 'again')$$);
SELECT same($$INSERT INTO p SELECT i, date '2020-01-01' + i * 100, 'p' || i FROM generate_series(1, 10) i$$);
SELECT same($$INSERT INTO ty VALUES (1, '(1,a)', '{"(1,a)","(2,b)"}')$$);

-- by key, of all rows, expressions
SELECT same($$UPDATE t SET x = x + 1 WHERE k = 1 RETURNING *$$);
SELECT same($$UPDATE t SET x = x + 1 WHERE k IN (1, 2, 3) RETURNING k, x$$);
SELECT same($$UPDATE t SET y = upper(y), z = k / 3.0$$);
SELECT same($$UPDATE t SET x = NULL WHERE x > 18 RETURNING k$$);
SELECT same($$UPDATE t SET j = jsonb_set(coalesce(j, '{}'), '{q}', '5'), arr[1] = 7, arr[3] = 9 WHERE k = 5 RETURNING j, arr$$);
SELECT same($$UPDATE t SET (x, y) = (1, 'two') WHERE k = 6 RETURNING *$$);
SELECT same($$UPDATE t SET (x, y) = (SELECT id, name FROM ref WHERE id = 2) WHERE k = 6 RETURNING x, y$$);
SELECT same($$UPDATE t SET y = DEFAULT WHERE k = 6 RETURNING y$$);
SELECT same($$UPDATE t SET ts = now(), k = k WHERE k = 2 RETURNING ts = now()$$);
SELECT same($$UPDATE t SET k = 7 WHERE k = 7 RETURNING k$$);
SELECT same($$UPDATE t SET x = CASE WHEN x IS NULL THEN -1 ELSE x END WHERE k > 15 RETURNING k, x$$);
SELECT same($$UPDATE nk SET v = v || k$$);
SELECT same($$UPDATE nk SET v = 'still null' WHERE k IS NULL RETURNING *$$);
SELECT same($$UPDATE ty SET c.b = 'new', ca[1].b = 'z' WHERE k = 1 RETURNING *$$);
SELECT same($$DELETE FROM nk WHERE k = 1 RETURNING *$$);
SELECT same($$DELETE FROM nk WHERE k IS NULL$$);
SELECT same($$DELETE FROM nk WHERE v = 'nothing'$$);
SELECT same($$DELETE FROM far WHERE n < 3 RETURNING *$$);

-- joins and sub-selects inside shard groups
SELECT same($$UPDATE t SET x = ref.id FROM ref WHERE ref.id = t.k RETURNING t.k, ref.name$$);
SELECT same($$UPDATE t SET x = u.id + 100 FROM u WHERE u.k = t.k AND u.id < 5 RETURNING t.k, u.v, t.x$$);
SELECT same($$UPDATE t SET x = (SELECT max(id) FROM u WHERE u.k = t.k) WHERE k < 9 RETURNING k, x$$);
SELECT same($$UPDATE t SET y = 'exists' WHERE EXISTS (SELECT FROM u WHERE u.k = t.k AND u.v LIKE 'u1%') RETURNING k$$);
SELECT same($$DELETE FROM u USING t WHERE u.k = t.k AND t.k = 15 RETURNING *$$);
SELECT same($$DELETE FROM u WHERE NOT EXISTS (SELECT FROM t WHERE t.k = u.k) RETURNING k$$);
SELECT same($$UPDATE ref SET name = name || '!' RETURNING *$$);

-- row by row: other tables, other nodes' functions
SELECT same($$UPDATE t SET x = f.n FROM far f WHERE f.n = t.k RETURNING t.k, f.name, f.n$$);
SELECT same($$UPDATE t a SET x = b.x FROM t b WHERE a.k = b.k + 1 AND b.k < 4 RETURNING a.k, a.x, b.k$$);
SELECT same($$UPDATE t SET x = (SELECT count(*) FROM u) WHERE k = 1 RETURNING x$$);
SELECT same($$UPDATE t SET x = (SELECT count(*) FROM far WHERE far.n > t.k) WHERE k < 4 RETURNING k, x$$);
SELECT same($$UPDATE t SET x = rows_of_t() WHERE k = 1 RETURNING x$$);
SELECT same($$UPDATE t SET y = s.c FROM (SELECT k, count(*)::text c FROM nk GROUP BY k) s WHERE s.k = t.k AND t.k < 12 RETURNING t.k, t.y$$);
SELECT same($$UPDATE t SET x = 1 WHERE k IN (SELECT n FROM far ORDER BY n LIMIT 3) RETURNING k$$);
SELECT same($$UPDATE ref SET name = (SELECT max(y) FROM t) WHERE id = 1 RETURNING *$$);
SELECT same($$UPDATE ref SET name = f.name FROM far f WHERE f.n = ref.id RETURNING ref.*$$);
SELECT same($$UPDATE nk SET v = f.name FROM far f WHERE f.n = nk.k AND nk.k < 6 RETURNING nk.*$$);
SELECT same($$DELETE FROM u USING far WHERE far.n = u.k AND u.k < 6 RETURNING u.*$$);
SELECT same($$DELETE FROM u WHERE k IN (SELECT n FROM far WHERE n < 9)$$);
SELECT same($$DELETE FROM nk a USING nk b WHERE a.k = b.k + 1 AND b.k < 9 RETURNING a.*, b.*$$);
SELECT same($$DELETE FROM ref WHERE id = (SELECT min(k) FROM u WHERE k > 3) RETURNING *$$);

-- partitions and views
SELECT same($$UPDATE p SET v = v || '1' RETURNING *$$);
SELECT same($$UPDATE p SET d = '2020-06-06' WHERE k = 9 RETURNING *$$);
SELECT same($$UPDATE p1 SET v = 'p1' RETURNING *$$);
SELECT same($$DELETE FROM p WHERE d > '2022-01-01' RETURNING *$$);
SELECT same($$UPDATE vt SET y = 'view' WHERE k = 10 RETURNING *$$);
SELECT same($$UPDATE vc SET x = -1 WHERE k = 11$$);
SELECT same($$UPDATE vc SET x = 100 WHERE k = 11 RETURNING *$$);
SELECT same($$DELETE FROM vt WHERE k = 12 RETURNING *$$);

-- WITH
SELECT same($$WITH x AS (SELECT max(n) m FROM far) UPDATE t SET x = m FROM x WHERE k = 1 RETURNING t.*$$);
SELECT same($$WITH x AS (SELECT k FROM t WHERE x > 10) DELETE FROM u USING x WHERE u.k = x.k RETURNING u.k$$);
SELECT same($$WITH up AS (UPDATE t SET x = x + 1 WHERE k < 4 RETURNING k, x) SELECT up.*, t.x FROM up JOIN t USING (k)$$);
SELECT same($$WITH up AS (UPDATE t SET x = x + 1 WHERE k < 14 RETURNING k, x) UPDATE u SET v = up.x::text FROM up WHERE u.k = up.k RETURNING u.*$$);
SELECT same($$WITH d AS (DELETE FROM far WHERE n > 18) SELECT count(*) FROM far$$);
SELECT same($$SELECT count(*) FROM far$$);

-- MERGE
SELECT same($$MERGE INTO t USING (VALUES (1, 'm1'), (2, 'm2')) s (k, y) ON t.k = s.k WHEN MATCHED THEN UPDATE SET y = s.y$$);
SELECT same($$MERGE INTO t USING nk ON t.k = nk.k WHEN MATCHED AND nk.k < 5 THEN DELETE WHEN MATCHED THEN UPDATE SET x = -nk.k
    WHEN NOT MATCHED THEN INSERT (k, y) VALUES (nk.k, 'new')$$);
SELECT same($$MERGE INTO nk USING ref ON nk.k = ref.id WHEN MATCHED THEN UPDATE SET v = ref.name WHEN NOT MATCHED THEN DO NOTHING$$);

-- one shard after the other
SET citus.multi_shard_modify_mode TO sequential;
SELECT same($$UPDATE t SET y = y || '.' RETURNING k$$);
SELECT same($$UPDATE ref SET name = name || '.'$$);
RESET citus.multi_shard_modify_mode;

-- rows that move to other shards
SELECT same($$UPDATE t SET k = k + 1000, y = 'moved' WHERE k > 10 RETURNING *$$);
SELECT same($$UPDATE t SET k = k - 1000 WHERE k > 1010 RETURNING k, y, xmax IS NULL$$);
SELECT same($$UPDATE t SET k = 3 WHERE k = 4$$);
SELECT same($$UPDATE u SET k = far.n, id = far.n FROM far WHERE far.n + 1 = u.k RETURNING u.*, far.name$$);
SELECT same($$UPDATE nk SET k = NULL WHERE k = 10 RETURNING *$$);
SELECT same($$UPDATE nk SET k = 10 WHERE k IS NULL RETURNING *$$);
SELECT same($$UPDATE far SET name = 'moved ' || name RETURNING n$$);

-- rows that others refer to
CREATE TABLE w_modify.referencing (k int REFERENCES w_modify.t);
CREATE TABLE w_modify_plain.referencing (k int REFERENCES w_modify_plain.t);
SELECT create_distributed_table('w_modify.referencing', 'k');
SELECT same($$INSERT INTO referencing SELECT k FROM t WHERE k < 6$$);
SELECT same($$UPDATE t SET k = k + 100 WHERE k < 6$$);
SELECT same($$UPDATE t SET k = k + 100 WHERE k >= 6 RETURNING k$$);
SELECT same($$UPDATE t SET k = k - 100 WHERE k >= 106$$);
SELECT same($$UPDATE referencing SET k = k + 100$$);
SELECT same($$UPDATE referencing SET k = 12 WHERE k = 5 RETURNING *$$);
SELECT same($$UPDATE t SET k = k + 100 WHERE k = 12$$);
DROP TABLE w_modify.referencing, w_modify_plain.referencing;
-- what is refused
CREATE TABLE w_modify.referencing (k int REFERENCES w_modify.t ON DELETE CASCADE);
SELECT create_distributed_table('w_modify.referencing', 'k');
UPDATE t SET k = 100;
DROP TABLE w_modify.referencing;
-- rows of partitions without a primary key
SELECT same($$UPDATE p SET v = far.name FROM far WHERE far.n = p.k$$);

-- prepared statements, in a transaction with savepoints
PREPARE up (int) AS UPDATE u SET v = $1 WHERE k = $1 RETURNING *;
EXECUTE up (16); EXECUTE up (NULL); EXECUTE up (17); EXECUTE up (16); EXECUTE up (16); EXECUTE up (16); EXECUTE up (17);
DEALLOCATE up;
BEGIN;
UPDATE t SET y = 'a'; SAVEPOINT a;
DELETE FROM t; INSERT INTO t (k) VALUES (1);
ROLLBACK TO a; UPDATE t SET y = 'b' WHERE k = 10 RETURNING y;
ROLLBACK;
UPDATE u SET v = 'u' WHERE k IN (16, 17);
SELECT same($$UPDATE u SET v = 'u' WHERE k IN (16, 17)$$);

-- all tables are equal
SELECT same($$UPDATE t SET ts = NULL$$);
SELECT same($$SELECT count(*), sum(hashtext(t::text)) FROM t$$);
SELECT same($$SELECT count(*), sum(hashtext(u::text)) FROM u$$);
SELECT same($$SELECT count(*), sum(hashtext(nk::text)) FROM nk$$);
SELECT same($$SELECT count(*), sum(hashtext(far::text)) FROM far$$);
SELECT same($$SELECT count(*), sum(hashtext(ref::text)) FROM ref$$);
SELECT same($$SELECT count(*), sum(hashtext(p::text)) FROM p$$);
SELECT same($$SELECT count(*), sum(hashtext(ty::text)) FROM ty$$);

DROP SCHEMA w_modify, w_modify_plain CASCADE;
