-- shard_replication_factor as an option of a table
\set SHOW_CONTEXT never
CREATE SCHEMA copies;
SET search_path TO copies;
CREATE VIEW counted AS
SELECT logicalrelid::text AS "table", repmodel, (SELECT replicationfactor FROM pg_dist_colocation c WHERE c.colocationid = p.colocationid) AS factor,
       (SELECT count(*) FROM pg_dist_shard s WHERE s.logicalrelid = p.logicalrelid) AS shards,
       (SELECT count(*) FROM pg_dist_placement JOIN pg_dist_shard s USING (shardid) WHERE s.logicalrelid = p.logicalrelid) AS placements,
       (SELECT bool_and(nodes = all_of_them) FROM (SELECT count(DISTINCT groupid) AS nodes, count(*) AS all_of_them
            FROM pg_dist_placement JOIN pg_dist_shard s USING (shardid) WHERE s.logicalrelid = p.logicalrelid GROUP BY shardid) x) AS are_apart
FROM pg_dist_partition p WHERE logicalrelid::text IN ('t', 'u', 'later', 'single');
CREATE TABLE t (id int, k int, PRIMARY KEY (id, k));
CREATE TABLE u (k bigint);
INSERT INTO t SELECT i, i % 10 FROM generate_series(1, 200) i;
INSERT INTO u SELECT i FROM generate_series(1, 50) i;
SELECT create_distributed_table('t', 'k', shard_count => 4, colocate_with => 'none');
SELECT create_distributed_table('u', 'k', colocate_with => 't');
ALTER TABLE t SET (shard_replication_factor = 2);
SELECT * FROM counted ORDER BY 1;
SELECT * FROM citus_table_options ORDER BY 1;
-- copies are equal, and stay so
UPDATE t SET id = id + 1000 WHERE k < 5;
INSERT INTO t SELECT i, i FROM generate_series(300, 320) i;
DELETE FROM t WHERE k = 7;
SELECT count(*) AS shards, bool_and(equal) AS are_equal FROM (
    SELECT shardid, count(DISTINCT result) = 1 AND bool_and(success) AS equal
    FROM run_command_on_placements('t', 'SELECT md5(string_agg(s::text, ''|'' ORDER BY id, k)) FROM %s s') GROUP BY shardid) x;
SELECT count(*), sum(id) FROM t;
-- more than there are nodes
ALTER TABLE t SET (shard_replication_factor = 3);
ALTER TABLE t SET (shard_replication_factor = 0);
ALTER TABLE t SET (shard_replication_factor = 'many');
ALTER TABLE t SET (shard_replication_factor = 1, shard_replication_factor = 2);
-- among other options and subcommands
ALTER TABLE t ADD COLUMN note text DEFAULT 'n', SET (shard_replication_factor = 1, fillfactor = 70);
SELECT * FROM counted ORDER BY 1;
SELECT reloptions FROM pg_class WHERE oid = 't'::regclass;
SELECT count(*), count(note) FROM t;
-- RESET goes back to the setting
SET citus.shard_replication_factor TO 2;
ALTER TABLE t RESET (shard_replication_factor, fillfactor);
SELECT * FROM counted ORDER BY 1;
SELECT reloptions FROM pg_class WHERE oid = 't'::regclass;
SELECT * FROM citus_table_options;
RESET citus.shard_replication_factor;
-- in a block all at once, or not at all
BEGIN;
ALTER TABLE u SET (shard_replication_factor = 1);
SELECT * FROM counted ORDER BY 1;
SELECT count(*) FROM u;
ROLLBACK;
SELECT * FROM counted ORDER BY 1;
-- remembered for when it will be distributed
CREATE TABLE later (k int) WITH (shard_replication_factor = 2, fillfactor = 80);
SELECT reloptions FROM pg_class WHERE oid = 'later'::regclass;
ALTER TABLE later SET (shard_replication_factor = 1);
ALTER TABLE later SET (shard_replication_factor = 2);
SELECT * FROM citus_table_options WHERE table_name = 'later'::regclass;
SELECT create_distributed_table('later', 'k', shard_count => 3);
SELECT * FROM counted WHERE "table" = 'later';
CREATE TABLE IF NOT EXISTS later (k int) WITH (shard_replication_factor = 1);
ALTER TABLE IF EXISTS missing SET (shard_replication_factor = 2);
ALTER TABLE missing SET (shard_replication_factor = 2);
-- kinds of tables that have no choice
CREATE TABLE single AS SELECT 1 AS k;
SELECT create_distributed_table('single', NULL);
ALTER TABLE single SET (shard_replication_factor = 2);
ALTER TABLE single SET (shard_replication_factor = 1);
CREATE TABLE r AS SELECT 1 AS k;
SELECT create_reference_table('r');
ALTER TABLE r SET (shard_replication_factor = 2);
CREATE VIEW v AS SELECT 1;
ALTER VIEW v SET (shard_replication_factor = 2);
CREATE ROLE copier;
GRANT USAGE ON SCHEMA copies TO copier;
SET ROLE copier;
ALTER TABLE copies.t SET (shard_replication_factor = 1);
RESET ROLE;
-- by function
ALTER TABLE t SET (shard_replication_factor = 1);
SELECT replicate_table_shards('t', 2, max_shard_copies => 1);
SELECT * FROM counted WHERE "table" IN ('t', 'u') ORDER BY 1;
SELECT replicate_table_shards('t', 2);
SELECT * FROM counted WHERE "table" IN ('t', 'u') ORDER BY 1;
SELECT replicate_table_shards('t', 3);
SELECT count(*) FROM t;
-- a new table joins the group as it is
CREATE TABLE joins (k int);
SELECT create_distributed_table('joins', 'k', colocate_with => 't');
SELECT count(*) FROM pg_dist_placement JOIN pg_dist_shard USING (shardid) WHERE logicalrelid = 'joins'::regclass;
SELECT create_distributed_table('r', 'k', replication_factor => 1, colocate_with => 't');
SET client_min_messages TO warning;
DROP SCHEMA copies CASCADE;
DROP ROLE copier;
