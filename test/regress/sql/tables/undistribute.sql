-- undistribute_table: an ordinary table again, with all its rows and everything that hangs on it
CREATE SCHEMA undist;
SET search_path TO undist;
CREATE TABLE items (gone int, id bigserial, tenant int, at timestamptz, v numeric GENERATED ALWAYS AS (tenant * 2) STORED, doc text,
    UNIQUE (id, tenant));
ALTER TABLE items DROP COLUMN gone;
CREATE INDEX items_at ON items (at);
CREATE VIEW late_items AS SELECT * FROM items WHERE tenant > 5;
INSERT INTO items (tenant, at, doc) SELECT i % 10, '2024-01-01'::timestamptz + i * interval '1 minute', E'line\n\ttab \\ ' || i FROM generate_series(1, 500) i;
INSERT INTO items (tenant) VALUES (NULL), (11);
INSERT INTO items (tenant) VALUES (11);
SELECT md5(string_agg(i::text, '|' ORDER BY id)) AS before FROM items i \gset
SELECT create_distributed_table('items', 'tenant', shard_count => 3, replication_factor => 2);
SELECT undistribute_table('items');
SELECT md5(string_agg(i::text, '|' ORDER BY id)) = :'before' AS is_same, count(*) FROM items i;
SELECT count(*) FROM late_items;
INSERT INTO items (tenant) VALUES (1) RETURNING id;
SELECT count(*) FROM pg_dist_partition WHERE logicalrelid = 'items'::regclass;
SELECT count(*) FROM pg_dist_placement p WHERE NOT EXISTS (SELECT FROM pg_dist_shard s WHERE s.shardid = p.shardid);
SELECT result, success FROM run_command_on_workers($$SELECT count(*) FROM pg_class WHERE relnamespace = 'undist'::regnamespace AND relname LIKE 'items%'$$);
EXPLAIN (COSTS off) SELECT * FROM items WHERE at = '2024-01-01';
-- there and back again
SELECT create_distributed_table('items', 'tenant', shard_count => 2);
SELECT count(*) FROM items;
SELECT undistribute_table('items');
SELECT undistribute_table('items');

-- partitions, and only from the top
CREATE TABLE logs (tenant int, day date) PARTITION BY RANGE (day);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE logs_2 PARTITION OF logs FOR VALUES FROM ('2024-07-01') TO ('2025-01-01');
INSERT INTO logs SELECT i, '2024-01-01'::date + i FROM generate_series(0, 365) i;
SELECT create_distributed_table('logs', 'tenant', shard_count => 2);
SELECT undistribute_table('logs_1');
SELECT undistribute_table('logs');
SELECT tableoid::regclass, count(*) FROM logs GROUP BY 1 ORDER BY 1;

-- tables that foreign keys connect go together
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY REFERENCES a ON DELETE CASCADE);
INSERT INTO a SELECT generate_series(1, 10);
INSERT INTO b SELECT generate_series(1, 5);
SELECT create_distributed_table('a', 'id', shard_count => 2);
SELECT create_distributed_table('b', 'id', colocate_with => 'a');
SELECT undistribute_table('a');
SELECT undistribute_table('a', cascade_via_foreign_keys => true);
DELETE FROM a WHERE id <= 2;
SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b);
INSERT INTO b VALUES (99);

-- a reference table
CREATE TABLE r AS SELECT i AS id FROM generate_series(1, 5) i;
SELECT create_reference_table('r');
SELECT undistribute_table('r');
SELECT count(*) FROM r;
-- all or nothing
BEGIN;
SELECT create_distributed_table('r', 'id');
SELECT undistribute_table('r');
SELECT create_reference_table('r');
ROLLBACK;
SELECT count(*), (SELECT count(*) FROM pg_dist_partition WHERE logicalrelid = 'r'::regclass) AS managed FROM r;
SET client_min_messages TO warning;
DROP SCHEMA undist CASCADE;
