-- SERIALIZABLE: a transaction may use one node; one that needs more is refused, with the reason
CREATE SCHEMA serializable;
SET search_path TO serializable;
CREATE TABLE t (k integer PRIMARY KEY, v integer);
SELECT create_distributed_table('t', 'k', shard_count => 4);
INSERT INTO t SELECT i, 0 FROM generate_series(1, 50) i;
CREATE TABLE here (k integer);
-- one key of each worker
SELECT min(k) FILTER (WHERE groupid = 1) AS one, max(k) FILTER (WHERE groupid = 1) AS another, min(k) FILTER (WHERE groupid = 2) AS two
FROM t JOIN pg_dist_placement ON shardid = get_shard_id_for_distribution_column('t', k) \gset
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT v FROM t WHERE k = :one;
UPDATE t SET v = v + 1 WHERE k = :another;
COMMIT;
\set SHOW_CONTEXT never
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT v FROM t WHERE k = :one;
UPDATE t SET v = v + 1 WHERE k = :two;
\echo :SQLSTATE
ROLLBACK;
\set VERBOSITY terse
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT count(*) FROM t;
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT count(*) FROM here;
SELECT v FROM t WHERE k = :one;
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT v FROM t WHERE k = :one;
INSERT INTO here VALUES (1);
ROLLBACK;
-- the catalogs do not count, nor does what the cluster does for itself
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT count(*) > 0 FROM pg_dist_node;
CREATE TABLE late (k integer PRIMARY KEY);
SELECT create_distributed_table('late', 'k', shard_count => 4);
INSERT INTO late VALUES (1);
COMMIT;
SELECT sum(v) FROM t;
DROP SCHEMA serializable CASCADE;
