-- Who this server is and how to speak of nodes, backends and columns.

CREATE FUNCTION pg_catalog.citus_version() RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'citus_version';
COMMENT ON FUNCTION pg_catalog.citus_version() IS 'version of the loaded library and of the server it is built for';

CREATE FUNCTION pg_catalog.citus_server_id() RETURNS uuid
    LANGUAGE sql STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT (metadata ->> 'server_id')::uuid FROM pg_catalog.pg_dist_node_metadata $$;
COMMENT ON FUNCTION pg_catalog.citus_server_id() IS 'a number that tells this node''s database from all others';

CREATE FUNCTION pg_catalog.citus_is_coordinator() RETURNS boolean
    LANGUAGE sql STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT groupid = 0 FROM pg_catalog.pg_dist_local_group $$;
COMMENT ON FUNCTION pg_catalog.citus_is_coordinator() IS 'whether this node is a coordinator';

CREATE FUNCTION pg_catalog.citus_coordinator_nodeid() RETURNS integer
    LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT nodeid FROM pg_catalog.pg_dist_node WHERE groupid = 0 AND noderole = 'primary'), 0)
$$;
COMMENT ON FUNCTION pg_catalog.citus_coordinator_nodeid() IS 'id of the coordinator, 0 when it is not registered';

CREATE FUNCTION pg_catalog.citus_nodename_for_nodeid(nodeid integer) RETURNS text
    LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT n.nodename FROM pg_catalog.pg_dist_node n WHERE n.nodeid = $1 $$;
COMMENT ON FUNCTION pg_catalog.citus_nodename_for_nodeid(integer) IS 'host of a node, NULL when there is no such node';
CREATE FUNCTION pg_catalog.citus_nodeport_for_nodeid(nodeid integer) RETURNS integer
    LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT n.nodeport FROM pg_catalog.pg_dist_node n WHERE n.nodeid = $1 $$;
COMMENT ON FUNCTION pg_catalog.citus_nodeport_for_nodeid(integer) IS 'port of a node, NULL when there is no such node';

-- A global pid is the node's id times ten thousand million plus the process id.
CREATE FUNCTION pg_catalog.citus_calculate_gpid(nodeid integer, pid integer) RETURNS bigint
    LANGUAGE sql STRICT PARALLEL SAFE
    RETURN nodeid::bigint * 10000000000 + pid;
COMMENT ON FUNCTION pg_catalog.citus_calculate_gpid(integer, integer) IS
    'the number that names a backend in the whole cluster';
CREATE FUNCTION pg_catalog.citus_nodeid_for_gpid(global_pid bigint) RETURNS integer
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN (global_pid / 10000000000)::integer;
COMMENT ON FUNCTION pg_catalog.citus_nodeid_for_gpid(bigint) IS 'id of the node on which the backend of a global pid is';
CREATE FUNCTION pg_catalog.citus_pid_for_gpid(global_pid bigint) RETURNS integer
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN (global_pid % 10000000000)::integer;
COMMENT ON FUNCTION pg_catalog.citus_pid_for_gpid(bigint) IS 'process id, on its node, of the backend of a global pid';

CREATE FUNCTION pg_catalog.column_name_to_column(table_name regclass, column_name text) RETURNS text
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'column_name_to_column';
COMMENT ON FUNCTION pg_catalog.column_name_to_column(regclass, text) IS
    'a column in the form in which pg_dist_partition stores the distribution column';
CREATE FUNCTION pg_catalog.column_to_column_name(table_name regclass, column_var_text text) RETURNS text
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'column_to_column_name';
COMMENT ON FUNCTION pg_catalog.column_to_column_name(regclass, text) IS
    'name of the column that a value of pg_dist_partition.partkey stands for';

CREATE FUNCTION citus_internal.enable_ssl() RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'enable_ssl';
COMMENT ON FUNCTION citus_internal.enable_ssl() IS
    'switches ssl on in this server''s configuration, with a certificate signed by itself where there is none';
REVOKE ALL ON FUNCTION citus_internal.enable_ssl() FROM PUBLIC;
-- Nodes ask for encryption by default and a new server has it off: then it is switched on. Who set ssl to off meant it.
DO $$
BEGIN
    IF current_setting('ssl')::boolean
        OR current_setting('citus.node_conninfo') !~ 'sslmode\s*=\s*''?(require|verify-ca|verify-full)' THEN
        NULL;
    ELSIF (SELECT source = 'default' FROM pg_settings WHERE name = 'ssl') THEN
        PERFORM citus_internal.enable_ssl();
    ELSE
        RAISE WARNING 'ssl is off, but other nodes ask for encrypted connections'
            USING HINT = 'Set ssl = on in postgresql.conf, or citus.node_conninfo = ''sslmode=prefer'' on all nodes.';
    END IF;
END $$;
