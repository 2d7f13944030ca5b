-- Unique constraints without the distribution column hold over all shards, for every way to write.
\set SHOW_CONTEXT never
CREATE SCHEMA global_keys;
SET search_path TO global_keys;
CREATE TABLE o (id bigserial PRIMARY KEY, k int, code text UNIQUE, v int);
INSERT INTO o (k, code, v) SELECT i, 'c' || i, i FROM generate_series(1, 20) i;
SELECT create_distributed_table('o', 'k', shard_count => 4);
-- a duplicate is refused whatever its distribution column, whole statements only
INSERT INTO o (id, k) VALUES (5, 1);
INSERT INTO o (k, code) VALUES (99, 'x'), (100, 'c5');
COPY o (k, code) FROM STDIN;
77	y
78	c6
\.
UPDATE o SET code = 'c6' WHERE code = 'c7';
UPDATE o SET code = 'c7' WHERE code = 'c7';
SELECT count(*) FROM o;
-- a key can be used again, also by the statement that frees it
DELETE FROM o WHERE code = 'c8';
INSERT INTO o (k, code, v) VALUES (100, 'c8', 8);
UPDATE o SET code = CASE code WHEN 'c1' THEN 'c2' ELSE 'c1' END WHERE code IN ('c1', 'c2');
BEGIN;
DELETE FROM o WHERE code = 'c9';
SAVEPOINT s;
INSERT INTO o (k, code) VALUES (1000, 'c9');
ROLLBACK TO s;
INSERT INTO o (k, code) VALUES (1001, 'c9');
ROLLBACK;
INSERT INTO o (k, code) VALUES (1002, 'c9');
-- NULLs are distinct
INSERT INTO o (k) VALUES (1), (2), (2);
-- ON CONFLICT finds the row in whatever shard it is
INSERT INTO o (k, code, v) VALUES (99, 'c5', 7) ON CONFLICT (code) DO UPDATE SET v = o.v + excluded.v RETURNING k, code, v;
INSERT INTO o (k, code, v) VALUES (99, 'c6', 7), (98, 'new', 8), (97, 'new', 9) ON CONFLICT (code) DO NOTHING RETURNING k, code, v;
INSERT INTO o (k, code, v) VALUES (96, 'twice', 8), (95, 'twice', 9) ON CONFLICT (code) DO UPDATE SET v = 0;
INSERT INTO o (id, k, code) VALUES (6, 5, 'fresh') ON CONFLICT DO NOTHING;
INSERT INTO o (id, k, code) VALUES (1001, 5, 'fresh') ON CONFLICT ON CONSTRAINT o_code_key DO NOTHING RETURNING id, code;
-- a look-up by the key asks one group
SELECT k, v FROM o WHERE code = 'c5';
-- constraints that come later
ALTER TABLE o ADD CONSTRAINT o_v UNIQUE (v);
UPDATE o SET v = NULL WHERE k > 20;
UPDATE o SET v = 500 + k WHERE v = 12;
ALTER TABLE o ADD CONSTRAINT o_v UNIQUE (v);
INSERT INTO o (k, v) VALUES (3, 3);
ALTER TABLE o DROP CONSTRAINT o_v;
INSERT INTO o (k, v) VALUES (3, 3);
CREATE UNIQUE INDEX o_lower ON o (lower(code)) WHERE k < 50;
INSERT INTO o (k, code) VALUES (4, 'C10');
INSERT INTO o (k, code) VALUES (400, 'C10');
DROP INDEX o_lower;
-- copies of the shards have copies of the keys
ALTER TABLE o SET (shard_replication_factor = 2);
INSERT INTO o (id, k) VALUES (5, 1);
INSERT INTO o (k, code) VALUES (31, 'copied');
INSERT INTO o (k, code) VALUES (32, 'copied');
DELETE FROM o WHERE code = 'copied';
INSERT INTO o (k, code) VALUES (33, 'copied');
TRUNCATE o;
INSERT INTO o (id, k, code) VALUES (5, 1, 'c5');
SELECT undistribute_table('o');
INSERT INTO o (id, k) VALUES (5, 1);
SELECT count(*) FROM citus_internal.global_key WHERE relid = 'o'::regclass;
-- cascades of foreign keys free keys too
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int UNIQUE, parent int REFERENCES parent ON DELETE CASCADE, k int);
SELECT create_reference_table('parent');
SELECT create_distributed_table('child', 'k', shard_count => 4);
INSERT INTO parent VALUES (1), (2);
INSERT INTO child VALUES (10, 1, 1), (11, 1, 2), (12, 2, 3);
DELETE FROM parent WHERE id = 1;
INSERT INTO child VALUES (10, 2, 7), (12, 2, 8);
INSERT INTO child VALUES (10, 2, 7), (11, 2, 8);
SELECT * FROM child ORDER BY id;
SET client_min_messages = warning;
DROP SCHEMA global_keys CASCADE;
