-- The tables of the comparison: every kind, with data that has NULLs, duplicates and keys without a partner.
CREATE SCHEMA shop;
CREATE TYPE shop.mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE shop.pair AS (x int, y text);
CREATE TABLE a (k int, v int, t text, n numeric(10,2), f float8, m shop.mood);
CREATE TABLE b (k bigint, w int, d date, j jsonb, u uuid);
CREATE TABLE c (id text, k int, ts timestamptz, arr int[], p shop.pair);
CREATE TABLE r (id int PRIMARY KEY, name text NOT NULL, grp int);
CREATE TABLE l (k int, x text);
CREATE TABLE s (k int, v int);
CREATE TABLE part (k int, at date NOT NULL, v int) PARTITION BY RANGE (at);
CREATE TABLE part_2023 PARTITION OF part FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE part_2024 PARTITION OF part FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE "Mixed Case" ("The Key" int, "select" text, gone int, kept int DEFAULT 7);
ALTER TABLE "Mixed Case" DROP COLUMN gone;
CREATE TABLE keyed (id int PRIMARY KEY, k int NOT NULL, v text, UNIQUE (k, v));
CREATE TABLE uniq (code text UNIQUE, k int, v int DEFAULT 1);
CREATE TABLE gen (k int, v int, doubled int GENERATED ALWAYS AS (v * 2) STORED, CHECK (v < 1000));
CREATE VIEW ab AS SELECT a.k, a.v, b.w FROM a JOIN b ON a.k = b.k;
-- cluster: SELECT create_distributed_table('a', 'k', shard_count => 8)
-- cluster: SELECT create_distributed_table('b', 'k', colocate_with => 'a')
-- cluster: SELECT create_distributed_table('c', 'id', shard_count => 5)
-- cluster: SELECT create_reference_table('r')
-- cluster: SELECT create_distributed_table('s', NULL)
-- cluster: SELECT citus_add_local_table_to_metadata('l')
-- cluster: SELECT create_distributed_table('part', 'k', colocate_with => 'a')
-- cluster: SELECT create_distributed_table('"Mixed Case"', 'The Key', shard_count => 3)
-- cluster: SELECT create_distributed_table('keyed', 'id', shard_count => 4)
-- cluster: SELECT create_distributed_table('uniq', 'k', shard_count => 4)
-- cluster: SELECT create_distributed_table('gen', 'k', shard_count => 4, replication_factor => 2)
INSERT INTO a SELECT i % 40, i, 'text ' || i % 7, i * 1.25, i / 3.0, (ARRAY['sad','ok','happy']::shop.mood[])[1 + i % 3] FROM generate_series(1, 200) i;
INSERT INTO a VALUES (NULL, 1, 'no key', NULL, NULL, NULL), (NULL, NULL, NULL, 1, 2, 'ok'), (41, NULL, 'lonely', 0, 'NaN', 'sad');
INSERT INTO b SELECT i % 50, i % 11, date '2024-01-01' + i, jsonb_build_object('i', i, 'even', i % 2 = 0), md5(i::text)::uuid FROM generate_series(1, 120) i;
INSERT INTO b VALUES (NULL, 5, '2024-05-05', '{}', NULL), (60, NULL, NULL, NULL, NULL);
INSERT INTO c SELECT 'id-' || i, i % 25, timestamptz '2024-03-01 12:00+00' + i * interval '1 hour', ARRAY[i, i + 1], ROW(i, 'p' || i)::shop.pair FROM generate_series(1, 80) i;
INSERT INTO r SELECT i, 'name ' || i, i % 4 FROM generate_series(1, 20) i;
INSERT INTO s SELECT i, i * i FROM generate_series(1, 10) i;
INSERT INTO part SELECT i % 20, date '2023-06-01' + i * 5, i FROM generate_series(1, 100) i;
INSERT INTO "Mixed Case" ("The Key", "select") SELECT i, 'q''' || i FROM generate_series(1, 12) i;
INSERT INTO keyed SELECT i, i % 5, 'v' || i FROM generate_series(1, 30) i;
INSERT INTO uniq (code, k) SELECT 'code ' || i, i % 6 FROM generate_series(1, 20) i;
INSERT INTO gen (k, v) SELECT i % 8, i FROM generate_series(1, 40) i;
