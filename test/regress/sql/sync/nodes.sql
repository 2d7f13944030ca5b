-- Functions about nodes: what they refuse, what they return, what others see of it.
\set VERBOSITY terse
SELECT count(*) AS workers FROM citus_get_active_worker_nodes();
SELECT count(*) AS workers FROM master_get_active_worker_nodes();
SELECT count(*), bool_and(result) FROM citus_check_cluster_node_health();
SELECT citus_check_connection_to_node(nodename, nodeport) FROM pg_dist_node WHERE groupid <> 0 ORDER BY nodeid LIMIT 1;
SELECT citus_check_connection_to_node('localhost', 1);
-- Adding what is there gives its id
SELECT citus_add_node(nodename, nodeport) = nodeid AS same FROM pg_dist_node ORDER BY nodeid;
-- Refused, without a trace
SELECT citus_add_node('', 5432);
SELECT citus_add_node('localhost', 0);
SELECT citus_add_node('localhost', 70000);
SELECT citus_add_node('localhost', 1);
SELECT citus_add_node('nowhere.invalid', 5432);
SELECT citus_add_node('localhost', 1, noderole => 'secondary');
SELECT citus_add_node('localhost', 1, groupid => 0);
SELECT citus_add_node('localhost', 1, groupid => (SELECT max(groupid) FROM pg_dist_node));
SELECT citus_add_node('localhost', 1, noderole => 'primary', nodecluster => 'other');
SELECT citus_activate_node('localhost', 1);
SELECT citus_disable_node('localhost', 1);
SELECT citus_remove_node('localhost', 1);
SELECT citus_set_node_property('localhost', 1, 'shouldhaveshards', true);
SELECT citus_set_node_property(nodename, nodeport, 'speed', true) FROM pg_dist_node WHERE groupid = 0;
SELECT citus_disable_node(nodename, nodeport) FROM pg_dist_node WHERE groupid = 0;
SELECT citus_update_node(0, 'localhost', 1);
DO $$
BEGIN
    PERFORM citus_update_node(a.nodeid, b.nodename, b.nodeport) FROM pg_dist_node a, pg_dist_node b WHERE a.groupid = 1 AND b.groupid = 2;
EXCEPTION WHEN duplicate_object THEN RAISE NOTICE 'refused';
END $$;
SELECT stop_metadata_sync_to_node(nodename, nodeport) FROM pg_dist_node WHERE groupid = 1;
SELECT count(*) FROM pg_dist_node WHERE nodeport = 1;
-- An inactive node, a secondary: rows on all nodes
BEGIN;
SELECT citus_add_inactive_node('localhost', 1) > 0 AS added;
SELECT citus_add_secondary_node('localhost', 2, nodename, nodeport, nodecluster => 'replicas') > 0 AS added FROM pg_dist_node WHERE groupid = 1;
SELECT isactive, hasmetadata, noderole, nodecluster, groupid = 1 AS beside FROM pg_dist_node WHERE nodeport < 3 ORDER BY nodeport;
SELECT citus_internal.execute_on_node(nodeid, 'SELECT count(*) FROM pg_dist_node WHERE nodeport < 3') FROM pg_dist_node WHERE groupid > 0 AND isactive AND noderole = 'primary' ORDER BY 1;
SELECT citus_activate_node('localhost', 1);
ROLLBACK;
SELECT count(*) FROM pg_dist_node WHERE nodeport < 3;
-- Properties reach all nodes
SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', false) FROM pg_dist_node WHERE groupid = 1;
SELECT DISTINCT result FROM run_command_on_all_nodes('SELECT shouldhaveshards FROM pg_dist_node WHERE groupid = 1');
SELECT master_set_node_property(nodename, nodeport, 'shouldhaveshards', true) FROM pg_dist_node WHERE groupid = 1;
SELECT DISTINCT result FROM run_command_on_all_nodes('SELECT shouldhaveshards FROM pg_dist_node WHERE groupid = 1');
-- A node with the only placement of a shard stays
CREATE TABLE nodes_t (k int);
SELECT create_distributed_table('nodes_t', 'k', shard_count => 4);
DO $$
BEGIN
    PERFORM citus_remove_node(nodename, nodeport) FROM pg_dist_node WHERE groupid = 1;
EXCEPTION WHEN object_not_in_prerequisite_state THEN RAISE NOTICE 'refused';
END $$;
DROP TABLE nodes_t;
-- Elsewhere than on the coordinator, and without rights
SELECT DISTINCT regexp_replace(result, '.*: ', '') FROM run_command_on_workers('SELECT citus_set_coordinator_host(''x'')');
CREATE ROLE nodes_user;
SET ROLE nodes_user;
SELECT citus_add_node('localhost', 1);
SELECT master_remove_node('localhost', 1);
SELECT citus_internal.forget_cluster('{}', '{}');
SELECT citus_internal.make_object('role', '{x}', '{}', '', '{}', '{CREATE ROLE x}', '{}', false, '');
RESET ROLE;
DROP ROLE nodes_user;
-- All metadata again, for all
SELECT start_metadata_sync_to_all_nodes();
SELECT start_metadata_sync_to_node(nodename, nodeport) FROM pg_dist_node WHERE groupid = 1;
SELECT count(DISTINCT result) FROM run_command_on_all_nodes('SELECT version FROM citus_internal.metadata_version');
