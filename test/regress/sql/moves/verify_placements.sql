-- comparing the copies of shards
\set SHOW_CONTEXT never
CREATE SCHEMA verify;
SET search_path TO verify;
CREATE ROLE verify_reader;
GRANT USAGE ON SCHEMA verify TO verify_reader;
CREATE TABLE t ("the key" int, v text, at timestamptz DEFAULT now(), gone int);
ALTER TABLE t DROP COLUMN gone;
CREATE TABLE ref (k int PRIMARY KEY, f float8);
CREATE TABLE parent (k int, day date) PARTITION BY RANGE (day);
CREATE TABLE parent_1 PARTITION OF parent FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
SET client_min_messages TO warning;
SELECT create_distributed_table('t', 'the key', shard_count => 4, replication_factor => 2, colocate_with => 'none');
SELECT create_distributed_table('parent', 'k', shard_count => 2, replication_factor => 2, colocate_with => 'none');
SELECT create_reference_table('ref');
RESET client_min_messages;
INSERT INTO t SELECT i, 'v' || i FROM generate_series(1, 100) i;
INSERT INTO parent SELECT i, '2020-02-02' FROM generate_series(1, 20) i;
INSERT INTO ref SELECT i, random() FROM generate_series(1, 20) i;
SELECT * FROM citus_verify_placements('t');
SELECT * FROM citus_verify_placements('parent');
SELECT * FROM citus_verify_placements('ref');

-- one copy is damaged
SELECT count(*) FROM (SELECT DISTINCT ON (nodeport) * FROM citus_shards WHERE table_name = 't'::regclass) s;
CREATE TABLE damaged AS SELECT s.shardid, s.nodename, s.nodeport FROM citus_shards s
WHERE s.table_name = 't'::regclass AND s.shardid = get_shard_id_for_distribution_column('t', 7) ORDER BY nodeport LIMIT 1;
SELECT r.success, r.result FROM damaged d, LATERAL master_run_on_worker(ARRAY[nodename], ARRAY[nodeport],
    ARRAY[format($$UPDATE verify.t_%s SET v = 'other' WHERE "the key" = 7$$, shardid)], false) r;
SELECT p.shardid = d.shardid AS that_shard, count(*) AS copies, count(DISTINCT checksum) AS checksums, count(DISTINCT row_count) AS counts
FROM citus_verify_placements('t') p, damaged d GROUP BY 1;
SELECT count(*) FROM citus_verify_placements('parent_1');
BEGIN;
SELECT count(*) FROM citus_verify_placements('t');
INSERT INTO t VALUES (7, 'here');
COMMIT;

-- who may not, and when not
SET ROLE verify_reader;
SELECT * FROM citus_verify_placements('t');
RESET ROLE;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT * FROM citus_verify_placements('t');
ROLLBACK;
SELECT * FROM citus_verify_placements('pg_class');

SET client_min_messages TO warning;
DROP SCHEMA verify CASCADE;
DROP ROLE verify_reader;
