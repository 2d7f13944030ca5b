-- create_distributed_table: what the catalogs say afterwards, rows that were there before, and what it refuses
CREATE SCHEMA dist;
SET search_path TO dist;

-- an empty table: 32 shards, round robin, int32 cut into equal ranges
CREATE TABLE empty (id bigint PRIMARY KEY, note text);
SELECT create_distributed_table('empty', 'id');
SELECT partmethod, column_to_column_name(logicalrelid, partkey) AS key, repmodel, autoconverted
FROM pg_dist_partition WHERE logicalrelid = 'empty'::regclass;
SELECT count(*), min(shardminvalue::int), max(shardmaxvalue::int), count(DISTINCT shardstorage) AS storages
FROM pg_dist_shard WHERE logicalrelid = 'empty'::regclass;
SELECT bool_and(shardminvalue::bigint = -2147483648 + ordinal * 134217728) AS ranges_are_equal,
       bool_and(groupid = 1 + ordinal % 2) AS is_round_robin, bool_and(shardid = first + ordinal) AS ids_follow_each_other
FROM (SELECT s.*, groupid, row_number() OVER (ORDER BY shardminvalue::int) - 1 AS ordinal,
             min(shardid) OVER () AS first
      FROM pg_dist_shard s JOIN pg_dist_placement USING (shardid) WHERE logicalrelid = 'empty'::regclass) x;
-- all nodes say the same
SELECT count(DISTINCT result) AS answers, bool_and(success) AS all_succeed FROM run_command_on_all_nodes($$
    SELECT md5(string_agg(format('%s %s %s %s %s', logicalrelid, shardid, shardminvalue, shardmaxvalue, groupid), ',' ORDER BY shardid))
    FROM pg_dist_shard JOIN pg_dist_placement USING (shardid)$$);
SELECT create_distributed_table('empty', 'id');

-- rows, dropped columns, identity, generated columns, defaults, comments, grants
CREATE ROLE dist_reader;
GRANT USAGE ON SCHEMA dist TO dist_reader;
CREATE TABLE full_one (
    gone int, id int GENERATED ALWAYS AS IDENTITY, tenant text COLLATE "C" NOT NULL,
    amount numeric(10,2) DEFAULT 1.5 CHECK (amount > 0), twice numeric GENERATED ALWAYS AS (amount * 2) STORED,
    at timestamptz DEFAULT '2024-02-29 12:00+00', tags text[], doc jsonb,
    PRIMARY KEY (tenant, id)
);
ALTER TABLE full_one DROP COLUMN gone;
CREATE INDEX full_one_doc ON full_one USING gin (doc);
COMMENT ON TABLE full_one IS 'a table with everything';
GRANT SELECT ON full_one TO dist_reader;
INSERT INTO full_one (tenant, amount, tags, doc)
SELECT 'tenant ' || i % 17, i, ARRAY['a,"b"', NULL, E'tab\tnewline\n\\N'], jsonb_build_object('i', i) FROM generate_series(1, 1000) i;
INSERT INTO full_one (tenant, tags) VALUES ('', '{}');
SELECT md5(string_agg(f::text, '|' ORDER BY id)) AS before FROM full_one f \gset
SELECT create_distributed_table('full_one', 'tenant', colocate_with => 'none', shard_count => 5);
SELECT md5(string_agg(f::text, '|' ORDER BY id)) = :'before' AS is_same, count(*) FROM full_one f;
SELECT obj_description('full_one'::regclass), has_table_privilege('dist_reader', 'full_one', 'SELECT');
-- the shell holds nothing
SELECT pg_relation_size('full_one') AS bytes;

-- key types
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE pair AS (a int, b text);
CREATE TABLE by_uuid AS SELECT md5(i::text)::uuid AS k, i AS v FROM generate_series(1, 100) i;
CREATE TABLE by_time AS SELECT '2024-01-01'::timestamptz + i * interval '1 hour' AS k, i AS v FROM generate_series(1, 100) i;
CREATE TABLE by_enum AS SELECT (ARRAY['sad', 'ok', 'happy'])[1 + i % 3]::mood AS k, i AS v FROM generate_series(1, 100) i;
CREATE TABLE by_pair AS SELECT ROW(i, 'b' || i)::pair AS k, i AS v FROM generate_series(1, 100) i;
CREATE TABLE by_null AS SELECT nullif(i % 3, 0) AS k, i AS v FROM generate_series(1, 100) i;
SELECT t, create_distributed_table(t, 'k', shard_count => 4)
FROM unnest('{by_uuid,by_time,by_enum,by_pair,by_null}'::text[]) t;
SELECT count(*), sum(v), count(DISTINCT k) FROM by_uuid;
SELECT count(*), sum(v), count(DISTINCT k) FROM by_time;
SELECT k, count(*) FROM by_enum GROUP BY k ORDER BY k;
SELECT count(*), sum(v) FROM by_enum WHERE k = 'happy';
SELECT count(*), sum(v), count(DISTINCT k) FROM by_pair;
SELECT k, count(*), sum(v) FROM by_null GROUP BY k ORDER BY k;
SELECT count(*) FROM by_null WHERE k IS NULL;
-- every node finds the same shard for an enum, whose oids differ
SELECT count(DISTINCT result), bool_and(success) FROM run_command_on_all_nodes($$
    SELECT string_agg(get_shard_id_for_distribution_column('dist.by_enum', k)::text, ',')
    FROM unnest(enum_range(NULL::dist.mood)) k$$);

-- names that need quotes, and ones too long for the number of a shard
CREATE SCHEMA "Odd Schema";
CREATE TABLE "Odd Schema"."Odd ""Table"" 'x'" ("Key Column" int PRIMARY KEY, "select" text);
INSERT INTO "Odd Schema"."Odd ""Table"" 'x'" SELECT i, i FROM generate_series(1, 50) i;
SELECT create_distributed_table('"Odd Schema"."Odd ""Table"" ''x''"', 'Key Column', shard_count => 3);
SELECT count(*), max("select") FROM "Odd Schema"."Odd ""Table"" 'x'";
CREATE TABLE a_name_that_is_as_long_as_postgresql_lets_the_name_of_a_table_b (k int, v int);
CREATE INDEX an_index_name_that_is_as_long_as_postgresql_lets_one_be_for_sure ON a_name_that_is_as_long_as_postgresql_lets_the_name_of_a_table_b (v);
INSERT INTO a_name_that_is_as_long_as_postgresql_lets_the_name_of_a_table_b SELECT i, i FROM generate_series(1, 50) i;
SELECT create_distributed_table('a_name_that_is_as_long_as_postgresql_lets_the_name_of_a_table_b', 'k', shard_count => 3);
SELECT count(*), sum(v) FROM a_name_that_is_as_long_as_postgresql_lets_the_name_of_a_table_b;

-- 1 and 256 shards; a table without a key
CREATE TABLE one_shard AS SELECT i AS k FROM generate_series(1, 100) i;
SELECT create_distributed_table('one_shard', 'k', shard_count => 1);
CREATE TABLE many_shards AS SELECT i AS k FROM generate_series(1, 1000) i;
SELECT create_distributed_table('many_shards', 'k', shard_count => 256);
CREATE TABLE no_key AS SELECT i AS k FROM generate_series(1, 100) i;
SELECT create_distributed_table('no_key', NULL);
SELECT (SELECT sum(k) FROM one_shard), (SELECT sum(k) FROM many_shards), (SELECT sum(k) FROM no_key);
SELECT logicalrelid, partmethod, partkey IS NULL AS has_no_key, repmodel, colocationid > 0 AS is_in_group,
       (SELECT count(*) FROM pg_dist_shard s WHERE s.logicalrelid = p.logicalrelid) AS shards
FROM pg_dist_partition p WHERE logicalrelid IN ('one_shard'::regclass, 'many_shards', 'no_key') ORDER BY shards, partmethod;

-- partitions come along, also later ones
CREATE TABLE events (tenant int, day date, v int, PRIMARY KEY (tenant, day)) PARTITION BY RANGE (day);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2024-07-01') TO ('2025-01-01');
INSERT INTO events SELECT i, '2024-01-01'::date + i, i FROM generate_series(1, 300) i;
SELECT create_distributed_table('events', 'tenant', colocate_with => 'none', shard_count => 4);
CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');
CREATE TABLE events_4 (tenant int NOT NULL, day date NOT NULL, v int);
INSERT INTO events_4 VALUES (1, '2025-08-01', 7);
SELECT logicalrelid, (SELECT count(*) FROM pg_dist_shard s WHERE s.logicalrelid = p.logicalrelid) AS shards,
       colocationid = (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = 'events'::regclass) AS is_colocated
FROM pg_dist_partition p WHERE logicalrelid::text LIKE 'events%' ORDER BY logicalrelid::text;
SELECT count(*), sum(v) FROM events_1;
SELECT count(*), sum(v) FROM events_2;
SELECT create_distributed_table('events_4', 'tenant');

-- what cannot be
CREATE TABLE target (k int, g int GENERATED ALWAYS AS (k + 1) STORED, p point, n numeric(5,-2), m mood[]);
SELECT create_distributed_table('target', 'missing');
SELECT create_distributed_table('target', 'ctid');
SELECT create_distributed_table('target', 'g');
SELECT create_distributed_table('target', 'p');
SELECT create_distributed_table('target', 'n');
SELECT create_distributed_table('target', 'm');
SELECT create_distributed_table('target', 'k', 'range');
SELECT create_distributed_table('target', 'k', shard_count => 0);
SELECT create_distributed_table('target', 'k', shard_count => 64001);
SELECT create_distributed_table('target', 'k', replication_factor => 3);
SELECT create_distributed_table('target', 'k', replication_factor => 0);
SELECT create_distributed_table('target', NULL, replication_factor => 2);
SELECT create_distributed_table('target', NULL, shard_count => 2);
SELECT create_distributed_table('target', 'k', colocate_with => 'empty', shard_count => 32);
SELECT create_distributed_table('target', 'k', colocate_with => 'full_one');
SELECT create_distributed_table('target', 'k', colocate_with => 'missing');
SELECT create_distributed_table('target', 'k', colocate_with => NULL);
SELECT create_distributed_table(NULL, 'k');
SELECT create_distributed_table('pg_class', 'oid');
SELECT create_distributed_table('pg_dist_node', 'nodeid');
CREATE VIEW a_view AS SELECT 1 AS k;
SELECT create_distributed_table('a_view', 'k');
CREATE MATERIALIZED VIEW a_matview AS SELECT 1 AS k;
SELECT create_distributed_table('a_matview', 'k');
CREATE TEMP TABLE a_temp (k int);
SELECT create_distributed_table('a_temp', 'k');
CREATE TABLE a_child () INHERITS (target);
SELECT create_distributed_table('target', 'k');
SELECT create_distributed_table('a_child', 'k');
DROP TABLE a_child;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER a_trigger BEFORE INSERT ON target FOR EACH ROW EXECUTE FUNCTION nothing();
SELECT create_distributed_table('target', 'k');
DROP TRIGGER a_trigger ON target;
CREATE RULE a_rule AS ON DELETE TO target DO INSTEAD NOTHING;
SELECT create_distributed_table('target', 'k');
DROP RULE a_rule ON target;
CREATE TABLE excludes (k int, r int4range, EXCLUDE USING gist (r WITH &&));
SELECT create_distributed_table('excludes', 'k');
CREATE TABLE deferred (k int, v int UNIQUE DEFERRABLE);
SELECT create_distributed_table('deferred', 'k');
SELECT create_distributed_table('events_3', 'tenant');
-- somebody else's table
SET ROLE dist_reader;
SELECT create_distributed_table('target', 'k');
RESET ROLE;
-- nothing of what failed is left
SELECT count(*) FROM pg_dist_partition WHERE logicalrelid = 'target'::regclass;
SELECT create_distributed_table('target', 'k');

-- a transaction that is rolled back leaves nothing, and one sees what it did
BEGIN;
CREATE TABLE in_block (k int, v int);
INSERT INTO in_block SELECT i, i FROM generate_series(1, 10) i;
SELECT create_distributed_table('in_block', 'k');
SELECT count(*) FROM in_block;
ROLLBACK;
SELECT to_regclass('in_block');
SELECT result, success FROM run_command_on_workers($$SELECT to_regclass('dist.in_block')$$);

SET client_min_messages TO warning;
DROP SCHEMA dist, "Odd Schema" CASCADE;
DROP ROLE dist_reader;
