-- rebalance: the plan, the moves, strategies, draining
\set SHOW_CONTEXT never
CREATE SCHEMA rebal;
SET search_path TO rebal;
CREATE FUNCTION node(in_group int) RETURNS int LANGUAGE sql AS 'SELECT nodeid FROM pg_dist_node WHERE groupid = in_group';
CREATE VIEW spread AS SELECT logicalrelid::text AS "table", groupid, count(*) FROM pg_dist_shard JOIN pg_dist_placement USING (shardid)
WHERE logicalrelid::text IN ('t', 'u', 's1', 's2') GROUP BY 1, 2;
CREATE TABLE t (k int, v int);
INSERT INTO t SELECT i, i FROM generate_series(1, 500) i;
CREATE TABLE u (k bigint);
INSERT INTO u SELECT i FROM generate_series(1, 100) i;
SELECT create_distributed_table('t', 'k', shard_count => 8, colocate_with => 'none');
SELECT create_distributed_table('u', 'k', colocate_with => 't');
-- balanced
SELECT count(*) FROM get_rebalance_table_shards_plan('t');
SELECT rebalance_table_shards('t');
-- all on one node
SET client_min_messages TO warning;
SELECT count(citus_move_shard_placement(shardid, node(1), node(2)))
FROM pg_dist_shard JOIN pg_dist_placement USING (shardid) WHERE logicalrelid = 't'::regclass AND groupid = 1;
SELECT * FROM spread ORDER BY 1, 2;
SELECT table_name, shard_size > 0 AS has_size, s.groupid AS source, t.groupid AS target
FROM get_rebalance_table_shards_plan('u', rebalance_strategy => 'by_shard_count')
JOIN pg_dist_node s ON (s.nodename, s.nodeport) = (sourcename, sourceport) JOIN pg_dist_node t ON (t.nodename, t.nodeport) = (targetname, targetport);
SELECT count(*) FROM get_rebalance_table_shards_plan('t', max_shard_moves => 3);
SELECT count(*) FROM get_rebalance_table_shards_plan('t', threshold => 1.0);
SELECT count(*) FROM get_rebalance_table_shards_plan('t', drain_only => true);
SELECT count(*) FROM get_rebalance_table_shards_plan('t', excluded_shard_list => (SELECT array_agg(shardid) FROM pg_dist_shard WHERE logicalrelid = 'u'::regclass));
SELECT rebalance_table_shards('t', max_shard_moves => 1);
SELECT * FROM spread ORDER BY 1, 2;
SELECT rebalance_table_shards('t');
SELECT * FROM spread ORDER BY 1, 2;
SELECT count(*), sum(v) FROM t;
SELECT count(*) FROM get_rebalance_progress();

-- draining, in a block and outside
BEGIN;
SELECT citus_drain_node(nodename, nodeport) FROM pg_dist_node WHERE groupid = 1;
SELECT * FROM spread ORDER BY 1, 2;
SELECT count(*) FROM t;
ROLLBACK;
SELECT * FROM spread ORDER BY 1, 2;
SELECT citus_drain_node(nodename, nodeport) FROM pg_dist_node WHERE groupid = 1;
SELECT * FROM spread ORDER BY 1, 2;
SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', true) FROM pg_dist_node WHERE groupid = 1;
SELECT rebalance_table_shards();
SELECT * FROM spread ORDER BY 1, 2;

-- single shards are evened out together
CREATE TABLE s1 AS SELECT 1 AS k;
CREATE TABLE s2 AS SELECT 2 AS k;
SELECT create_distributed_table('s1', NULL, colocate_with => 'none');
SELECT create_distributed_table('s2', NULL, colocate_with => 'none');
SELECT count(citus_move_shard_placement(shardid, node(1), node(2)))
FROM pg_dist_shard JOIN pg_dist_placement USING (shardid) WHERE logicalrelid IN ('s1'::regclass, 's2') AND groupid = 1;
SELECT count(*) FROM get_rebalance_table_shards_plan(rebalance_strategy => 'by_shard_count') WHERE table_name IN ('s1'::regclass, 's2');

-- a strategy of one's own: everything that it allows on the node it prefers
CREATE FUNCTION capacity(node int) RETURNS real LANGUAGE sql AS 'SELECT CASE WHEN node = rebal.node(1) THEN 3 ELSE 1 END::real';
CREATE FUNCTION allowed(shard bigint, node int) RETURNS bool LANGUAGE sql AS
    'SELECT node <> rebal.node(1) OR shard <> (SELECT min(shardid) FROM pg_dist_shard WHERE logicalrelid = ''rebal.t''::regclass)';
SELECT citus_add_rebalance_strategy('mine', 'citus_shard_cost_1', 'rebal.capacity', 'rebal.allowed', 0);
SELECT rebalance_table_shards('t', rebalance_strategy => 'mine');
SELECT * FROM spread WHERE "table" = 't' ORDER BY 1, 2;
SELECT groupid AS first_shard_is_on FROM pg_dist_placement WHERE shardid = (SELECT min(shardid) FROM pg_dist_shard WHERE logicalrelid = 't'::regclass);
DELETE FROM pg_dist_rebalance_strategy WHERE name = 'mine';

-- what is refused
SELECT rebalance_table_shards('t', rebalance_strategy => 'unknown');
SELECT rebalance_table_shards('pg_class');
CREATE TABLE r AS SELECT 1 AS k;
SELECT create_reference_table('r');
SELECT rebalance_table_shards('r');
SELECT rebalance_table_shards('t', shard_transfer_mode => 'force_logical');
SELECT get_rebalance_table_shards_plan('t', threshold => -1);
SELECT count(*) FROM get_rebalance_table_shards_plan('t', threshold => 0.001);
SELECT citus_drain_node('nowhere', 1);
SELECT rebalance_table_shards('t');
DROP SCHEMA rebal CASCADE;
