-- INSERT ... ON CONFLICT gives what PostgreSQL gives
SET client_min_messages TO warning;
CREATE SCHEMA w_conflict_plain;
CREATE SCHEMA w_conflict;
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
SET search_path TO w_conflict_plain;
CREATE TABLE t (k int PRIMARY KEY, x int, y text DEFAULT 'd', z numeric(10,2), ts timestamptz, arr int[], j jsonb);
CREATE TABLE u (k int, id int, v text, PRIMARY KEY (k, id));
CREATE TABLE nk (k int, v text);
CREATE TABLE far (name text, n int);
CREATE TABLE ref (id int PRIMARY KEY, name text);
SET search_path TO w_conflict;
CREATE TABLE t (k int PRIMARY KEY, x int, y text DEFAULT 'd', z numeric(10,2), ts timestamptz, arr int[], j jsonb);
CREATE TABLE u (k int, id int, v text, PRIMARY KEY (k, id));
CREATE TABLE nk (k int, v text);
CREATE TABLE far (name text, n int);
CREATE TABLE ref (id int PRIMARY KEY, name text);
SET citus.shard_count TO 4;
SELECT create_distributed_table('t', 'k'), create_distributed_table('u', 'k'), create_distributed_table('nk', 'k'),
       create_distributed_table('far', 'name'), create_reference_table('ref');
-- runs a statement on the distributed tables and on plain ones, and says whether both did the same
CREATE FUNCTION same(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    place text;
    answers text[] := '{}';
    answer text;
    each record;
    total bigint;
BEGIN
    FOREACH place IN ARRAY ARRAY['w_conflict_plain', 'w_conflict'] LOOP
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
    PERFORM set_config('search_path', 'w_conflict,public', true);
    RETURN CASE WHEN answers[1] = answers[2] THEN answers[1] ELSE 'DIFFERENT: ' || array_to_string(answers, ' | ') END;
END $$;

-- rows to meet
SELECT same($$INSERT INTO t (k, x, y) SELECT i, i, 's' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO u SELECT i, i, 'u' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO nk SELECT i, 'n' || i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO far SELECT 'f' || i, i FROM generate_series(1, 20) i$$);
SELECT same($$INSERT INTO ref SELECT i, 'r' || i FROM generate_series(1, 5) i$$);

-- DO NOTHING
SELECT same($$INSERT INTO u SELECT * FROM u ON CONFLICT DO NOTHING$$);
SELECT same($$INSERT INTO t (k, x) VALUES (1, 5), (100, 6) ON CONFLICT (k) DO NOTHING RETURNING k$$);
SELECT same($$INSERT INTO t (k, x) VALUES (1, 5) ON CONFLICT ON CONSTRAINT t_pkey DO NOTHING RETURNING k$$);

-- DO UPDATE
SELECT same($$INSERT INTO t (k, x) VALUES (1, 5) ON CONFLICT (k) DO UPDATE SET x = excluded.x + t.x, y = 'c' RETURNING *$$);
SELECT same($$INSERT INTO t (k, x) VALUES (1, 5), (2, 6), (900, 7) ON CONFLICT (k) DO UPDATE SET x = excluded.x WHERE t.x < 3 RETURNING k, x$$);
SELECT same($$INSERT INTO t AS tt (k, x) VALUES (2, 5) ON CONFLICT (k) DO UPDATE SET (x, y) = (SELECT tt.x + 1, excluded.y || '!') RETURNING *$$);
SELECT same($$INSERT INTO t (k, x) VALUES (2, 5) ON CONFLICT (k) DO UPDATE SET y = (SELECT name FROM ref WHERE id = excluded.k) RETURNING *$$);
SELECT same($$INSERT INTO t (k) VALUES (5) ON CONFLICT (k) DO UPDATE SET arr[1] = 100, arr[3] = 200 RETURNING arr$$);
SELECT same($$INSERT INTO t (k) VALUES (5) ON CONFLICT (k) DO UPDATE SET ts = now(), k = excluded.k RETURNING ts = now()$$);
SELECT same($$INSERT INTO t (k, x) VALUES (901, 1), (901, 2) ON CONFLICT (k) DO UPDATE SET x = excluded.x$$);
SELECT same($$INSERT INTO t (k) VALUES (1), (902) ON CONFLICT (k) DO UPDATE SET x = 1 RETURNING k, xmax = 0$$);
SELECT same($$INSERT INTO u SELECT k, id, 'again' FROM u WHERE k < 4 ON CONFLICT (k, id) DO UPDATE SET v = excluded.v || u.v RETURNING *$$);
SELECT same($$INSERT INTO ref VALUES (1, 'uno'), (40, 'forty') ON CONFLICT (id) DO UPDATE SET name = excluded.name || ref.name RETURNING *$$);

-- what moves the row, needs other tables, or must be the same in all copies
SELECT same($$INSERT INTO t (k) VALUES (1), (906) ON CONFLICT (k) DO UPDATE SET k = 907, y = 'moved' RETURNING *$$);
SELECT same($$INSERT INTO t (k, x) VALUES (907, 1) ON CONFLICT (k) DO UPDATE SET k = 1 RETURNING k, x$$);
SELECT same($$INSERT INTO t (k, x) VALUES (1, 5), (908, 6) ON CONFLICT (k) DO UPDATE SET x = excluded.x + (SELECT max(n) FROM far) RETURNING k, x$$);
SELECT same($$INSERT INTO t (k, x) SELECT n, n FROM far WHERE n < 5 ON CONFLICT (k) DO UPDATE SET x = t.x + excluded.x WHERE t.k NOT IN (SELECT n FROM far WHERE n = 3) RETURNING k, x$$);
SELECT same($$WITH a AS (SELECT 7 AS n) INSERT INTO t (k, x) VALUES (1, 1), (909, 9) ON CONFLICT ON CONSTRAINT t_pkey DO UPDATE SET x = (SELECT n FROM a), y = DEFAULT RETURNING k, x, y$$);
SELECT same($$INSERT INTO t (k, x) VALUES (2, 1), (2, 2) ON CONFLICT (k) DO UPDATE SET x = (SELECT max(n) FROM far)$$);
SELECT same($$WITH i AS (INSERT INTO t (k, x) VALUES (2, 1), (910, 2) ON CONFLICT (k) DO UPDATE SET x = (SELECT max(n) FROM far) RETURNING *) SELECT k, x FROM i$$);
SELECT same($$INSERT INTO u VALUES (1, 1, 'e'), (1, 1000, 'e') ON CONFLICT (k, id) DO UPDATE SET v = excluded.v || (SELECT count(*) FROM far), k = u.k RETURNING *$$);
SELECT same($$INSERT INTO ref VALUES (1, 'x'), (41, 'y') ON CONFLICT (id) DO UPDATE SET name = length(random()::text) > 0 RETURNING *$$);
SELECT same($$INSERT INTO t (k, x) VALUES (2, 1), (911, 2) ON CONFLICT (k) DO UPDATE SET (x, y) = (SELECT n + t.x, name FROM far WHERE far.n = excluded.x) RETURNING k, x, y$$);
SELECT same($$WITH a AS (SELECT 'cte' AS n) INSERT INTO t (k, x) VALUES (2, 1), (912, 2) ON CONFLICT (k) DO UPDATE SET (y, x) = (SELECT n || excluded.*::text, t.k FROM a) WHERE excluded IS NOT NULL OR t.x > 0 RETURNING k, x, y$$);
SELECT same($$DELETE FROM t WHERE k > 900 RETURNING 1$$);

-- parameters
PREPARE up (int, int) AS INSERT INTO t (k, x) VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET x = t.x + $2 RETURNING k, x;
EXECUTE up (3000, 1); EXECUTE up (3000, 2); EXECUTE up (3000, 3); EXECUTE up (3000, 4); EXECUTE up (3000, 5); EXECUTE up (3000, 6); EXECUTE up (3000, 7);
DEALLOCATE up;
DELETE FROM t WHERE k = 3000;

-- all tables are equal
SELECT same($$UPDATE t SET ts = NULL$$);
SELECT same($$SELECT count(*), sum(hashtext(t::text)) FROM t$$);
SELECT same($$SELECT count(*), sum(hashtext(u::text)) FROM u$$);
SELECT same($$SELECT count(*), sum(hashtext(nk::text)) FROM nk$$);
SELECT same($$SELECT count(*), sum(hashtext(far::text)) FROM far$$);
SELECT same($$SELECT count(*), sum(hashtext(ref::text)) FROM ref$$);

DROP SCHEMA w_conflict, w_conflict_plain CASCADE;
