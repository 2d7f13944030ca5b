-- A statement on many nodes or shards, in the name of the current role, each by itself and outside of the transaction.

CREATE PROCEDURE citus_internal.become(role text)
    LANGUAGE c AS 'MODULE_PATHNAME', 'become';
COMMENT ON PROCEDURE citus_internal.become(text) IS
    'makes the session of a node a session of a role like that of any client, for good';

CREATE FUNCTION pg_catalog.master_run_on_worker(
    worker_name text[], port integer[], command text[], parallel boolean,
    OUT node_name text, OUT node_port integer, OUT success boolean, OUT result text)
    RETURNS SETOF record LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'master_run_on_worker';
COMMENT ON FUNCTION pg_catalog.master_run_on_worker(text[], integer[], text[], boolean) IS
    'runs the n-th command on the n-th node';

-- Active primaries; a server that was never registered knows itself only.
CREATE VIEW citus_internal.reachable_nodes AS
SELECT nodeid, groupid, nodename, nodeport FROM pg_dist_node WHERE isactive AND noderole = 'primary'
UNION ALL
SELECT 0, 0, current_setting('citus.local_hostname'), current_setting('port')::integer
WHERE NOT EXISTS (SELECT FROM pg_dist_node);
COMMENT ON VIEW citus_internal.reachable_nodes IS 'nodes that statements can be sent to';
GRANT SELECT ON citus_internal.reachable_nodes TO PUBLIC;

CREATE FUNCTION citus_internal.run_on_nodes(node_ids integer[], commands text[], parallel boolean)
    RETURNS TABLE (nth bigint, nodeid integer, nodename text, nodeport integer, success boolean, result text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    hosts text[];
    ports integer[];
BEGIN
    SELECT array_agg(n.nodename ORDER BY i.ordinality), array_agg(n.nodeport ORDER BY i.ordinality) INTO hosts, ports
    FROM unnest(node_ids) WITH ORDINALITY i (id, ordinality) JOIN citus_internal.reachable_nodes n ON n.nodeid = i.id;
    RETURN QUERY
    SELECT r.ordinality, node_ids[r.ordinality], r.node_name, r.node_port, r.success, r.result
    FROM master_run_on_worker(hosts, ports, commands, parallel) WITH ORDINALITY r
    ORDER BY r.ordinality;
END $$;
COMMENT ON FUNCTION citus_internal.run_on_nodes(integer[], text[], boolean) IS
    'runs the n-th command on the n-th of some nodes';

CREATE FUNCTION pg_catalog.run_command_on_workers(
    command text, parallel boolean DEFAULT true,
    OUT nodename text, OUT nodeport integer, OUT success boolean, OUT result text)
    RETURNS SETOF record LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT r.nodename, r.nodeport, r.success, r.result
    FROM (SELECT array_agg(n.nodeid ORDER BY n.nodename, n.nodeport) AS ids, array_agg($1) AS commands
          FROM citus_internal.reachable_nodes n WHERE n.groupid <> 0) w,
         citus_internal.run_on_nodes(w.ids, w.commands, parallel) r;
END $$;
COMMENT ON FUNCTION pg_catalog.run_command_on_workers(text, boolean) IS 'runs a command on every worker node';

CREATE FUNCTION pg_catalog.run_command_on_all_nodes(
    command text, parallel boolean DEFAULT true, give_warning_for_connection_errors boolean DEFAULT false,
    OUT nodeid integer, OUT success boolean, OUT result text)
    RETURNS SETOF record LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    FOR nodeid, success, result IN
        SELECT r.nodeid, r.success, r.result
        FROM (SELECT array_agg(n.nodeid ORDER BY n.nodeid) AS ids, array_agg($1) AS commands
              FROM citus_internal.reachable_nodes n) w,
             citus_internal.run_on_nodes(w.ids, w.commands, parallel) r
    LOOP
        IF give_warning_for_connection_errors AND NOT success AND result LIKE 'could not connect to node %' THEN
            RAISE WARNING '%', result USING ERRCODE = 'sqlclient_unable_to_establish_sqlconnection';
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION pg_catalog.run_command_on_all_nodes(text, boolean, boolean) IS
    'runs a command on every node, this one too';

CREATE FUNCTION pg_catalog.run_command_on_coordinator(
    command text, give_warning_for_connection_errors boolean DEFAULT false,
    OUT nodeid integer, OUT success boolean, OUT result text)
    RETURNS SETOF record LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM citus_internal.reachable_nodes WHERE groupid = 0) THEN
        RAISE EXCEPTION 'the coordinator is not registered'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Run SELECT citus_set_coordinator_host(...) on the coordinator.';
    END IF;
    FOR nodeid, success, result IN
        SELECT r.nodeid, r.success, r.result
        FROM citus_internal.reachable_nodes n, citus_internal.run_on_nodes(ARRAY[n.nodeid], ARRAY[$1], true) r
        WHERE n.groupid = 0
    LOOP
        IF give_warning_for_connection_errors AND NOT success AND result LIKE 'could not connect to node %' THEN
            RAISE WARNING '%', result USING ERRCODE = 'sqlclient_unable_to_establish_sqlconnection';
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
COMMENT ON FUNCTION pg_catalog.run_command_on_coordinator(text, boolean) IS 'runs a command on the coordinator';

-- Puts names into a command as format() does, and each as often as the command asks.
CREATE FUNCTION citus_internal.command_with_names(command text, VARIADIC names text[]) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN pg_catalog.cardinality(names) > 1 THEN pg_catalog.format(command, VARIADIC names)
                ELSE pg_catalog.format(command, VARIADIC pg_catalog.array_fill(names[1], ARRAY[1 + pg_catalog.length(command) - pg_catalog.length(pg_catalog.replace(command, '%', ''))]))
           END
$$;
COMMENT ON FUNCTION citus_internal.command_with_names(text, text[]) IS
    'a command with the names of shards in the place of %s';

CREATE FUNCTION citus_internal.healthy_placements(relation regclass)
    RETURNS TABLE (shardid bigint, shardminvalue text, nodeid integer, placementid bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.shardid, s.shardminvalue, n.nodeid, p.placementid
    FROM pg_dist_shard s
    JOIN pg_dist_placement p ON p.shardid = s.shardid AND p.shardstate = 1
    JOIN citus_internal.reachable_nodes n ON n.groupid = p.groupid
    WHERE s.logicalrelid = relation
$$;
COMMENT ON FUNCTION citus_internal.healthy_placements(regclass) IS 'placements of a table that can be used';

CREATE FUNCTION citus_internal.require_distributed(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = relation) THEN
        RAISE EXCEPTION 'table % is not distributed', relation USING ERRCODE = 'wrong_object_type';
    END IF;
END $$;
COMMENT ON FUNCTION citus_internal.require_distributed(regclass) IS
    'raises an error unless the cluster manages the table';

CREATE FUNCTION pg_catalog.run_command_on_shards(
    table_name regclass, command text, parallel boolean DEFAULT true,
    OUT shardid bigint, OUT success boolean, OUT result text)
    RETURNS SETOF record LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM citus_internal.require_distributed(table_name);
    RETURN QUERY
    WITH one AS (
        SELECT DISTINCT ON (p.shardid) p.shardid, p.nodeid,
               citus_internal.command_with_names(command, shard_name(table_name, p.shardid)) AS sql
        FROM citus_internal.healthy_placements(table_name) p ORDER BY p.shardid, p.placementid),
    lists AS MATERIALIZED (
        SELECT array_agg(o.shardid ORDER BY o.shardid) AS shards, array_agg(o.nodeid ORDER BY o.shardid) AS ids,
               array_agg(o.sql ORDER BY o.shardid) AS commands FROM one o)
    SELECT l.shards[r.nth], r.success, r.result
    FROM lists l, citus_internal.run_on_nodes(l.ids, l.commands, parallel) r;
END $$;
COMMENT ON FUNCTION pg_catalog.run_command_on_shards(regclass, text, boolean) IS
    'runs a command on one copy of every shard; %s stands for the shard''s name';

CREATE FUNCTION pg_catalog.run_command_on_placements(
    table_name regclass, command text, parallel boolean DEFAULT true,
    OUT nodename text, OUT nodeport integer, OUT shardid bigint, OUT success boolean, OUT result text)
    RETURNS SETOF record LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM citus_internal.require_distributed(table_name);
    RETURN QUERY
    WITH lists AS MATERIALIZED (
        SELECT array_agg(p.shardid ORDER BY p.shardid, p.nodeid) AS shards,
               array_agg(p.nodeid ORDER BY p.shardid, p.nodeid) AS ids,
               array_agg(citus_internal.command_with_names(command, shard_name(table_name, p.shardid))
                         ORDER BY p.shardid, p.nodeid) AS commands
        FROM citus_internal.healthy_placements(table_name) p)
    SELECT r.nodename, r.nodeport, l.shards[r.nth], r.success, r.result
    FROM lists l, citus_internal.run_on_nodes(l.ids, l.commands, parallel) r;
END $$;
COMMENT ON FUNCTION pg_catalog.run_command_on_placements(regclass, text, boolean) IS
    'runs a command on every copy of every shard; %s stands for the shard''s name';

CREATE FUNCTION pg_catalog.run_command_on_colocated_placements(
    table_name1 regclass, table_name2 regclass, command text, parallel boolean DEFAULT true,
    OUT nodename text, OUT nodeport integer, OUT shardid1 bigint, OUT shardid2 bigint, OUT success boolean, OUT result text)
    RETURNS SETOF record LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM citus_internal.require_distributed(table_name1);
    PERFORM citus_internal.require_distributed(table_name2);
    IF NOT EXISTS (SELECT FROM pg_dist_partition a JOIN pg_dist_partition b USING (colocationid)
                   WHERE a.logicalrelid = table_name1 AND b.logicalrelid = table_name2 AND colocationid <> 0) THEN
        RAISE EXCEPTION 'tables % and % are not co-located', table_name1, table_name2
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN QUERY
    WITH pairs AS (
        SELECT a.shardid AS first, b.shardid AS second, a.nodeid,
               citus_internal.command_with_names(command, shard_name(table_name1, a.shardid), shard_name(table_name2, b.shardid)) AS sql
        FROM citus_internal.healthy_placements(table_name1) a
        JOIN citus_internal.healthy_placements(table_name2) b
            ON b.nodeid = a.nodeid AND b.shardminvalue IS NOT DISTINCT FROM a.shardminvalue),
    lists AS MATERIALIZED (
        SELECT array_agg(p.first ORDER BY p.first, p.nodeid) AS firsts, array_agg(p.second ORDER BY p.first, p.nodeid) AS seconds,
               array_agg(p.nodeid ORDER BY p.first, p.nodeid) AS ids, array_agg(p.sql ORDER BY p.first, p.nodeid) AS commands
        FROM pairs p)
    SELECT r.nodename, r.nodeport, l.firsts[r.nth], l.seconds[r.nth], r.success, r.result
    FROM lists l, citus_internal.run_on_nodes(l.ids, l.commands, parallel) r;
END $$;
COMMENT ON FUNCTION pg_catalog.run_command_on_colocated_placements(regclass, regclass, text, boolean) IS
    'runs a command on every pair of co-located shards of two tables; the first %s stands for the first, the second for the second';

-- search_path: the caller's, for the command is.
CREATE FUNCTION pg_catalog.citus_run_local_command(command text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE $1;
END $$;
COMMENT ON FUNCTION pg_catalog.citus_run_local_command(text) IS 'runs a command on this node, in this transaction';

CREATE FUNCTION pg_catalog.get_nodeid_for_groupid(groupid integer) RETURNS integer
    LANGUAGE sql STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT n.nodeid FROM pg_catalog.pg_dist_node n WHERE n.groupid = $1 AND n.noderole = 'primary'
$$;
COMMENT ON FUNCTION pg_catalog.get_nodeid_for_groupid(integer) IS 'id of the primary node of a group';
