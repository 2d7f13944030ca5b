-- ON CONFLICT on keys that hold over all shards: the row in the way may lie anywhere.
\set SHOW_CONTEXT never
CREATE SCHEMA on_conflict;
SET search_path TO on_conflict;
SET client_min_messages TO warning;
CREATE TABLE o (k int, code text UNIQUE, n numeric UNIQUE, v int);
SELECT create_distributed_table('o', 'k', shard_count => 8);
INSERT INTO o SELECT i, 'c' || i, i, 0 FROM generate_series(1, 20) i;
-- Each row lies where its distribution column says, with an entry in each hidden table
CREATE FUNCTION misplaced(OUT rows bigint, OUT entries bigint) LANGUAGE plpgsql AS $$
DECLARE key regclass; alone bigint; BEGIN
    SELECT count(*) INTO rows FROM o a WHERE (SELECT count(*) FROM o b WHERE b.k = a.k AND b.code IS NOT DISTINCT FROM a.code) <> 1;
    entries := 0;
    FOR key IN SELECT keyrelid FROM citus_internal.global_key WHERE relid = 'o'::regclass LOOP
        EXECUTE format('SELECT count(*) FROM %s', key) INTO alone;
        entries := entries + alone;
    END LOOP;
END $$;
SELECT * FROM misplaced();

-- Many rows at once, new ones and others
INSERT INTO o SELECT 100 + i, 'c' || i, 100 + i, i FROM generate_series(15, 25) i ON CONFLICT (code) DO NOTHING RETURNING k, code;
INSERT INTO o SELECT 200 + i, 'c' || i, 200 + i, i FROM generate_series(18, 28) i ON CONFLICT (code) DO UPDATE SET v = o.v + excluded.v RETURNING k, code, v;
SELECT * FROM misplaced();
-- Values that are equal but not written alike
INSERT INTO o VALUES (300, 'one', 1.00, 1) ON CONFLICT (n) DO UPDATE SET v = 7 RETURNING k, n, v;
INSERT INTO o VALUES (300, 'x1', 0.5, 1), (301, 'x2', 0.50, 2), (302, 'x3', 0.500, 3) ON CONFLICT (n) DO NOTHING RETURNING k, n;
-- Rows of one statement that meet each other
INSERT INTO o VALUES (310, 'y', 310, 1), (311, 'y', 311, 2) ON CONFLICT (code) DO UPDATE SET v = 9;
INSERT INTO o VALUES (310, 'y', 310, 1), (311, 'y', 311, 2) ON CONFLICT (code) DO NOTHING RETURNING k;
INSERT INTO o VALUES (1, 'c1', 1, 5), (2, 'c1', 2, 6) ON CONFLICT (code) DO UPDATE SET v = 9;
-- Without target any key counts; a row that stays out for one leaves its other keys to those after it
INSERT INTO o VALUES (400, 'free', 1, 0), (401, 'free', 401, 0), (402, 'c2', 402, 0), (403, 'other', 402, 0), (404, 'other', 403, 0)
    ON CONFLICT DO NOTHING RETURNING k, code, n;
SELECT * FROM misplaced();
-- A conflict with another key than that of the target
INSERT INTO o VALUES (500, 'c500', 1, 0) ON CONFLICT (code) DO NOTHING;
INSERT INTO o VALUES (500, 'c1', 2, 0) ON CONFLICT (code) DO UPDATE SET n = excluded.n;
INSERT INTO o VALUES (500, 'c1', 2, 0) ON CONFLICT (code) DO UPDATE SET code = 'c2';
INSERT INTO o VALUES (500, 'c1', 2, 0) ON CONFLICT (code) DO UPDATE SET code = 'c1-new' WHERE o.v > 100 RETURNING code;
INSERT INTO o VALUES (500, 'c1', 2, 0) ON CONFLICT (code) DO UPDATE SET code = 'c1-new' RETURNING k, code, v;
INSERT INTO o VALUES (501, 'c1', 501, 0) ON CONFLICT ON CONSTRAINT o_code_key DO NOTHING RETURNING k, code;
-- NULLs are in nobody's way
INSERT INTO o VALUES (600, NULL, NULL, 1), (600, NULL, NULL, 2) ON CONFLICT DO NOTHING RETURNING v;
DELETE FROM o WHERE k = 600;
SELECT * FROM misplaced();

-- In transactions and savepoints
BEGIN;
INSERT INTO o VALUES (700, 'sp', 700, 1) ON CONFLICT (code) DO NOTHING;
SAVEPOINT s;
INSERT INTO o VALUES (701, 'sp', 701, 1), (701, 'sp2', 702, 1) ON CONFLICT (code) DO UPDATE SET v = 2 RETURNING k, code, v;
DELETE FROM o WHERE code = 'sp';
INSERT INTO o VALUES (702, 'sp', 701, 3) ON CONFLICT (code) DO UPDATE SET v = 4 RETURNING k, code, v;
ROLLBACK TO s;
INSERT INTO o VALUES (703, 'sp', 703, 1), (704, 'sp2', 704, 1) ON CONFLICT (code) DO UPDATE SET v = 5 RETURNING k, code, v;
COMMIT;
SELECT * FROM misplaced();
-- With copies
ALTER TABLE o SET (shard_replication_factor = 2);
INSERT INTO o SELECT 800 + i, 'c' || i, 800 + i, i FROM generate_series(27, 30) i ON CONFLICT (code) DO UPDATE SET v = -1 RETURNING k, code, v;
INSERT INTO o VALUES (801, 'free', 1, 0), (802, 'more', 801, 0) ON CONFLICT DO NOTHING RETURNING k, code;
SELECT * FROM misplaced();
SELECT * FROM o WHERE code IN ('sp', 'sp2', 'more') ORDER BY code;

-- Expressions, predicates, generated columns, several columns
CREATE TABLE e (k int, name text, gone bool DEFAULT false, low text GENERATED ALWAYS AS (lower(name)) STORED UNIQUE, v int);
SELECT create_distributed_table('e', 'k', shard_count => 8);
CREATE UNIQUE INDEX e_length ON e (length(name), (v % 100)) WHERE NOT gone;
INSERT INTO e VALUES (1, 'Anna', DEFAULT, DEFAULT, 1), (2, 'Bert', true, DEFAULT, 1);
INSERT INTO e VALUES (3, 'ANNA', DEFAULT, DEFAULT, 3), (4, 'BERT', DEFAULT, DEFAULT, 3), (5, 'Carl', DEFAULT, DEFAULT, 5) ON CONFLICT (low) DO NOTHING RETURNING *;
INSERT INTO e VALUES (6, 'anna', DEFAULT, DEFAULT, 3), (7, 'Dora', DEFAULT, DEFAULT, 7) ON CONFLICT (low) DO UPDATE SET v = excluded.v + 10 RETURNING *;
INSERT INTO e VALUES (8, 'Emil', DEFAULT, DEFAULT, 107), (9, 'Fred', true, DEFAULT, 7) ON CONFLICT (length(name), (v % 100)) WHERE NOT gone
    DO UPDATE SET gone = true RETURNING *;
INSERT INTO e VALUES (8, 'Emil', DEFAULT, DEFAULT, 105), (9, 'Gert', DEFAULT, DEFAULT, 7) ON CONFLICT DO NOTHING RETURNING *;
INSERT INTO e VALUES (8, 'Emil', DEFAULT, DEFAULT, 105) ON CONFLICT (low) DO NOTHING;
CREATE TABLE c (k int, a text COLLATE "C", b date, UNIQUE NULLS NOT DISTINCT (a, b));
SELECT create_distributed_table('c', 'k', shard_count => 8);
SET datestyle TO german;
INSERT INTO c VALUES (1, 'x', '2020-02-01'), (2, 'x', NULL), (3, NULL, NULL), (4, 'x', NULL), (5, NULL, NULL), (6, 'x', '01.02.2020') ON CONFLICT DO NOTHING RETURNING *;
INSERT INTO c VALUES (7, NULL, NULL), (8, 'x', '2020-02-01'), (9, 'z', '2020-02-01') ON CONFLICT (a, b) DO UPDATE SET a = 'moved' || c.k RETURNING *;
RESET datestyle;
SELECT * FROM c ORDER BY k;

-- Partitions: the keys are theirs
CREATE TABLE p (k int, code text, t int, UNIQUE (t, code)) PARTITION BY RANGE (t);
CREATE TABLE p_filler (t int NOT NULL, filler int, code text, k int);
ALTER TABLE p_filler DROP COLUMN filler;
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
INSERT INTO p VALUES (1, 'a', 1);
SELECT create_distributed_table('p', 'k', shard_count => 8);
SELECT create_distributed_table('p_filler', 'k', colocate_with => 'p');
ALTER TABLE p ATTACH PARTITION p_filler FOR VALUES FROM (10) TO (20);
CREATE TABLE p3 PARTITION OF p DEFAULT;
SELECT relid::regclass FROM citus_internal.global_key WHERE relid::regclass::text ~ '^p' ORDER BY 1;
INSERT INTO p VALUES (2, 'a', 1), (3, 'a', 11), (4, 'a', 100) ON CONFLICT (t, code) DO NOTHING RETURNING *;
INSERT INTO p VALUES (5, 'a', 1), (6, 'a', 11), (7, 'a', 100), (8, 'b', 11) ON CONFLICT (t, code) DO UPDATE SET code = 'A' RETURNING *;
INSERT INTO p1 VALUES (9, 'A', 1) ON CONFLICT (t, code) DO NOTHING RETURNING *;
INSERT INTO p VALUES (9, 'A', 11);
DELETE FROM p WHERE k = 1;
INSERT INTO p VALUES (9, 'A', 1) ON CONFLICT DO NOTHING RETURNING *;
SELECT * FROM p WHERE t = 1 AND code = 'A';

DROP SCHEMA on_conflict CASCADE;
