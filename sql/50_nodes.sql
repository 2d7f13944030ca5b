-- Nodes: registered, activated, disabled, moved, removed. On the coordinator, by superusers or whom they grant it to.

CREATE FUNCTION pg_catalog.citus_set_coordinator_host(
    host text, port integer DEFAULT current_setting('port')::integer, node_role noderole DEFAULT 'primary',
    node_cluster name DEFAULT 'default') RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_set_coordinator_host';
COMMENT ON FUNCTION pg_catalog.citus_set_coordinator_host(text, integer, noderole, name) IS
    'tells all nodes the address of the coordinator';
REVOKE ALL ON FUNCTION pg_catalog.citus_set_coordinator_host(text, integer, noderole, name) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_add_node(
    nodename text, nodeport integer, groupid integer DEFAULT -1, noderole noderole DEFAULT 'primary',
    nodecluster name DEFAULT 'default') RETURNS integer
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_add_node';
COMMENT ON FUNCTION pg_catalog.citus_add_node(text, integer, integer, noderole, name) IS
    'adds a node to the cluster and gives it everything the cluster has; returns its id';
REVOKE ALL ON FUNCTION pg_catalog.citus_add_node(text, integer, integer, noderole, name) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_add_inactive_node(
    nodename text, nodeport integer, groupid integer DEFAULT -1, noderole noderole DEFAULT 'primary',
    nodecluster name DEFAULT 'default') RETURNS integer
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_add_inactive_node';
COMMENT ON FUNCTION pg_catalog.citus_add_inactive_node(text, integer, integer, noderole, name) IS
    'registers a node without using it, until it is activated; returns its id';
REVOKE ALL ON FUNCTION pg_catalog.citus_add_inactive_node(text, integer, integer, noderole, name) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_add_secondary_node(
    nodename text, nodeport integer, primaryname text, primaryport integer, nodecluster name DEFAULT 'default')
    RETURNS integer LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_add_secondary_node';
COMMENT ON FUNCTION pg_catalog.citus_add_secondary_node(text, integer, text, integer, name) IS
    'registers a standby of a node; returns its id';
REVOKE ALL ON FUNCTION pg_catalog.citus_add_secondary_node(text, integer, text, integer, name) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_activate_node(nodename text, nodeport integer) RETURNS integer
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_activate_node';
COMMENT ON FUNCTION pg_catalog.citus_activate_node(text, integer) IS
    'brings a node to the present state of the cluster and uses it; returns its id';
REVOKE ALL ON FUNCTION pg_catalog.citus_activate_node(text, integer) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_disable_node(nodename text, nodeport integer, synchronous boolean DEFAULT false)
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_disable_node';
COMMENT ON FUNCTION pg_catalog.citus_disable_node(text, integer, boolean) IS
    'stops using a node until it is activated again; the other nodes know at once, synchronous or not';
REVOKE ALL ON FUNCTION pg_catalog.citus_disable_node(text, integer, boolean) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_remove_node(nodename text, nodeport integer) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_remove_node';
COMMENT ON FUNCTION pg_catalog.citus_remove_node(text, integer) IS
    'takes a node out of the cluster, unless it holds the only placement of a shard';
REVOKE ALL ON FUNCTION pg_catalog.citus_remove_node(text, integer) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_update_node(
    node_id integer, new_node_name text, new_node_port integer, force boolean DEFAULT false,
    lock_cooldown integer DEFAULT 10000) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_update_node';
COMMENT ON FUNCTION pg_catalog.citus_update_node(integer, text, integer, boolean, integer) IS
    'gives a node another address; statements that need the node wait until the transaction ends. With force, backends that use the node are ended after lock_cooldown milliseconds';
REVOKE ALL ON FUNCTION pg_catalog.citus_update_node(integer, text, integer, boolean, integer) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_pause_node_within_txn(
    node_id integer, force boolean DEFAULT false, lock_cooldown integer DEFAULT 10000) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_pause_node_within_txn';
COMMENT ON FUNCTION pg_catalog.citus_pause_node_within_txn(integer, boolean, integer) IS
    'lets statements that need the node wait until the transaction ends';
REVOKE ALL ON FUNCTION pg_catalog.citus_pause_node_within_txn(integer, boolean, integer) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_set_node_property(nodename text, nodeport integer, property text, value boolean)
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_set_node_property';
COMMENT ON FUNCTION pg_catalog.citus_set_node_property(text, integer, text, boolean) IS
    'sets shouldhaveshards of a node: whether it gets shards of new tables';
REVOKE ALL ON FUNCTION pg_catalog.citus_set_node_property(text, integer, text, boolean) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_check_connection_to_node(nodename text, nodeport integer DEFAULT 5432)
    RETURNS boolean LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_check_connection_to_node';
COMMENT ON FUNCTION pg_catalog.citus_check_connection_to_node(text, integer) IS
    'whether this node can connect to a node at that address';

CREATE FUNCTION pg_catalog.citus_check_cluster_node_health(
    OUT from_nodename text, OUT from_nodeport integer, OUT to_nodename text, OUT to_nodeport integer,
    OUT result boolean) RETURNS SETOF record
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_check_cluster_node_health';
COMMENT ON FUNCTION pg_catalog.citus_check_cluster_node_health() IS
    'whether each active node can connect to each; NULL where the node that should try does not answer';

CREATE FUNCTION pg_catalog.citus_get_active_worker_nodes(OUT node_name text, OUT node_port bigint)
    RETURNS SETOF record LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_get_active_worker_nodes';
COMMENT ON FUNCTION pg_catalog.citus_get_active_worker_nodes() IS 'the active nodes beside the coordinator';

-- Tells nodes the addresses that changed while they could not be told.
CREATE FUNCTION citus_internal.push_node_rows() RETURNS integer
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'push_node_rows';
COMMENT ON FUNCTION citus_internal.push_node_rows() IS
    'tells nodes the changes of addresses that they have not heard of; returns how many were told';
REVOKE ALL ON FUNCTION citus_internal.push_node_rows() FROM PUBLIC;

CREATE FUNCTION citus_internal.forget_cluster(shards bigint[], tables text[]) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'forget_cluster';
COMMENT ON FUNCTION citus_internal.forget_cluster(bigint[], text[]) IS
    'takes away the metadata of this node, the shards that are not listed and the shells that are not';
REVOKE ALL ON FUNCTION citus_internal.forget_cluster(bigint[], text[]) FROM PUBLIC;

CREATE FUNCTION citus_internal.forget_objects(types text[], object_names text[], object_args text[]) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'forget_objects';
COMMENT ON FUNCTION citus_internal.forget_objects(text[], text[], text[]) IS
    'drops the objects that the cluster kept equal on this node, but for the listed ones';
REVOKE ALL ON FUNCTION citus_internal.forget_objects(text[], text[], text[]) FROM PUBLIC;

-- What is always so here, under the names that start and stop it elsewhere

CREATE FUNCTION pg_catalog.start_metadata_sync_to_node(nodename text, nodeport integer) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'start_metadata_sync_to_node';
COMMENT ON FUNCTION pg_catalog.start_metadata_sync_to_node(text, integer) IS
    'gives a node all metadata again';
REVOKE ALL ON FUNCTION pg_catalog.start_metadata_sync_to_node(text, integer) FROM PUBLIC;

CREATE FUNCTION pg_catalog.start_metadata_sync_to_all_nodes() RETURNS boolean
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'start_metadata_sync_to_all_nodes';
COMMENT ON FUNCTION pg_catalog.start_metadata_sync_to_all_nodes() IS
    'gives all nodes all metadata again';
REVOKE ALL ON FUNCTION pg_catalog.start_metadata_sync_to_all_nodes() FROM PUBLIC;

CREATE FUNCTION pg_catalog.stop_metadata_sync_to_node(
    nodename text, nodeport integer, clear_metadata boolean DEFAULT true) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'stop_metadata_sync_to_node';
COMMENT ON FUNCTION pg_catalog.stop_metadata_sync_to_node(text, integer, boolean) IS
    'refused: every active node has all metadata; disable the node instead';
REVOKE ALL ON FUNCTION pg_catalog.stop_metadata_sync_to_node(text, integer, boolean) FROM PUBLIC;

-- Old names

CREATE FUNCTION pg_catalog.master_add_node(
    nodename text, nodeport integer, groupid integer DEFAULT -1, noderole noderole DEFAULT 'primary',
    nodecluster name DEFAULT 'default') RETURNS integer
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_add_node';
COMMENT ON FUNCTION pg_catalog.master_add_node(text, integer, integer, noderole, name) IS 'old name of citus_add_node';
REVOKE ALL ON FUNCTION pg_catalog.master_add_node(text, integer, integer, noderole, name) FROM PUBLIC;

CREATE FUNCTION pg_catalog.master_add_inactive_node(
    nodename text, nodeport integer, groupid integer DEFAULT -1, noderole noderole DEFAULT 'primary',
    nodecluster name DEFAULT 'default') RETURNS integer
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_add_inactive_node';
COMMENT ON FUNCTION pg_catalog.master_add_inactive_node(text, integer, integer, noderole, name) IS
    'old name of citus_add_inactive_node';
REVOKE ALL ON FUNCTION pg_catalog.master_add_inactive_node(text, integer, integer, noderole, name) FROM PUBLIC;

CREATE FUNCTION pg_catalog.master_add_secondary_node(
    nodename text, nodeport integer, primaryname text, primaryport integer, nodecluster name DEFAULT 'default')
    RETURNS integer LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_add_secondary_node';
COMMENT ON FUNCTION pg_catalog.master_add_secondary_node(text, integer, text, integer, name) IS
    'old name of citus_add_secondary_node';
REVOKE ALL ON FUNCTION pg_catalog.master_add_secondary_node(text, integer, text, integer, name) FROM PUBLIC;

CREATE FUNCTION pg_catalog.master_activate_node(nodename text, nodeport integer) RETURNS integer
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_activate_node';
COMMENT ON FUNCTION pg_catalog.master_activate_node(text, integer) IS 'old name of citus_activate_node';
REVOKE ALL ON FUNCTION pg_catalog.master_activate_node(text, integer) FROM PUBLIC;

CREATE FUNCTION pg_catalog.master_disable_node(nodename text, nodeport integer) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_disable_node';
COMMENT ON FUNCTION pg_catalog.master_disable_node(text, integer) IS 'old name of citus_disable_node';
REVOKE ALL ON FUNCTION pg_catalog.master_disable_node(text, integer) FROM PUBLIC;

CREATE FUNCTION pg_catalog.master_remove_node(nodename text, nodeport integer) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_remove_node';
COMMENT ON FUNCTION pg_catalog.master_remove_node(text, integer) IS 'old name of citus_remove_node';
REVOKE ALL ON FUNCTION pg_catalog.master_remove_node(text, integer) FROM PUBLIC;

CREATE FUNCTION pg_catalog.master_update_node(
    node_id integer, new_node_name text, new_node_port integer, force boolean DEFAULT false,
    lock_cooldown integer DEFAULT 10000) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_update_node';
COMMENT ON FUNCTION pg_catalog.master_update_node(integer, text, integer, boolean, integer) IS
    'old name of citus_update_node';
REVOKE ALL ON FUNCTION pg_catalog.master_update_node(integer, text, integer, boolean, integer) FROM PUBLIC;

CREATE FUNCTION pg_catalog.master_set_node_property(nodename text, nodeport integer, property text, value boolean)
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_set_node_property';
COMMENT ON FUNCTION pg_catalog.master_set_node_property(text, integer, text, boolean) IS
    'old name of citus_set_node_property';
REVOKE ALL ON FUNCTION pg_catalog.master_set_node_property(text, integer, text, boolean) FROM PUBLIC;

CREATE FUNCTION pg_catalog.master_get_active_worker_nodes(OUT node_name text, OUT node_port bigint)
    RETURNS SETOF record LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_get_active_worker_nodes';
COMMENT ON FUNCTION pg_catalog.master_get_active_worker_nodes() IS 'old name of citus_get_active_worker_nodes';
