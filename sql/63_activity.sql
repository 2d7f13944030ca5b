-- What the backends of all nodes do, which locks they hold and for whom they wait.

CREATE FUNCTION citus_internal.rows_of_other_nodes(row_type anyelement) RETURNS SETOF anyelement
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'rows_of_other_nodes';
COMMENT ON FUNCTION citus_internal.rows_of_other_nodes(anyelement) IS
    'the rows that all other nodes have in the view whose row type is given; nodes that cannot be reached are left out with a warning';

-- A backend that runs statements for another node is known by its distributed transaction, and by the name that the
-- node gave its connection while it is idle.
CREATE VIEW citus_internal.local_activity AS
SELECT coalesce(nullif(t.global_pid, 0), nullif(a.named, 0), pg_catalog.citus_calculate_gpid(n.id, a.pid)) AS global_pid,
       n.id AS nodeid, coalesce(t.worker_query, false) OR a.named <> 0 AS is_worker_query,
       a.datid, a.datname, a.pid, a.leader_pid, a.usesysid, a.usename, a.application_name, a.client_addr,
       a.client_hostname, a.client_port, a.backend_start, a.xact_start, a.query_start, a.state_change,
       a.wait_event_type, a.wait_event, a.state, a.backend_xid, a.backend_xmin, a.query_id, a.query, a.backend_type
FROM (SELECT s.*, coalesce(pg_catalog.substring(s.application_name, '^citus_internal gpid=(\d{1,18})$')::bigint, 0) AS named
      FROM pg_catalog.pg_stat_activity s) a
CROSS JOIN (SELECT coalesce((SELECT d.nodeid FROM pg_catalog.pg_dist_node d, pg_catalog.pg_dist_local_group g
                             WHERE d.groupid = g.groupid AND d.noderole = 'primary'), 0) AS id) n
LEFT JOIN pg_catalog.get_all_active_transactions() t ON t.process_id = a.pid AND t.datid = a.datid;
COMMENT ON VIEW citus_internal.local_activity IS 'pg_stat_activity of this node, with global pids';
GRANT SELECT ON citus_internal.local_activity TO PUBLIC;

CREATE FUNCTION pg_catalog.citus_stat_activity(
    OUT global_pid bigint, OUT nodeid integer, OUT is_worker_query boolean, OUT datid oid, OUT datname name, OUT pid integer,
    OUT leader_pid integer, OUT usesysid oid, OUT usename name, OUT application_name text, OUT client_addr inet,
    OUT client_hostname text, OUT client_port integer, OUT backend_start timestamptz, OUT xact_start timestamptz,
    OUT query_start timestamptz, OUT state_change timestamptz, OUT wait_event_type text, OUT wait_event text,
    OUT state text, OUT backend_xid xid, OUT backend_xmin xid, OUT query_id bigint, OUT query text, OUT backend_type text)
    RETURNS SETOF record LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM citus_internal.local_activity
    UNION ALL
    SELECT * FROM citus_internal.rows_of_other_nodes(NULL::citus_internal.local_activity)
$$;
COMMENT ON FUNCTION pg_catalog.citus_stat_activity() IS 'pg_stat_activity of all nodes, with global pids';
CREATE VIEW citus.citus_stat_activity AS SELECT * FROM pg_catalog.citus_stat_activity();
ALTER VIEW citus.citus_stat_activity SET SCHEMA pg_catalog;
COMMENT ON VIEW pg_catalog.citus_stat_activity IS
    'the backends of all nodes; those that work for a client of another node carry the global pid of its backend';
CREATE VIEW citus.citus_dist_stat_activity AS
SELECT * FROM pg_catalog.citus_stat_activity WHERE NOT is_worker_query;
ALTER VIEW citus.citus_dist_stat_activity SET SCHEMA pg_catalog;
COMMENT ON VIEW pg_catalog.citus_dist_stat_activity IS 'the backends of all nodes that clients are connected to';
GRANT SELECT ON pg_catalog.citus_stat_activity, pg_catalog.citus_dist_stat_activity TO PUBLIC;

CREATE VIEW citus_internal.local_transactions AS SELECT * FROM pg_catalog.get_all_active_transactions();
COMMENT ON VIEW citus_internal.local_transactions IS 'the distributed transactions that this node works for';
GRANT SELECT ON citus_internal.local_transactions TO PUBLIC;
CREATE FUNCTION pg_catalog.get_global_active_transactions(
    OUT datid oid, OUT process_id integer, OUT initiator_node_identifier integer, OUT worker_query boolean,
    OUT transaction_number bigint, OUT transaction_stamp timestamptz, OUT global_pid bigint)
    RETURNS SETOF record LANGUAGE sql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM citus_internal.local_transactions
    UNION ALL
    SELECT * FROM citus_internal.rows_of_other_nodes(NULL::citus_internal.local_transactions)
$$;
COMMENT ON FUNCTION pg_catalog.get_global_active_transactions() IS
    'the backends of all nodes that work for a distributed transaction';

CREATE VIEW citus_internal.local_locks AS
SELECT coalesce(a.global_pid, 0) AS global_pid,
       coalesce(a.nodeid, (SELECT b.nodeid FROM citus_internal.local_activity b LIMIT 1)) AS nodeid,
       l.locktype, l.database, l.relation,
       CASE WHEN l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
                 OR l.database = 0 THEN l.relation::pg_catalog.regclass::text END AS relation_name,
       l.page, l.tuple, l.virtualxid, l.transactionid, l.classid, l.objid, l.objsubid, l.virtualtransaction, l.pid,
       l.mode, l.granted, l.fastpath, l.waitstart
FROM pg_catalog.pg_locks l LEFT JOIN citus_internal.local_activity a ON a.pid = l.pid;
COMMENT ON VIEW citus_internal.local_locks IS 'pg_locks of this node, with global pids';
GRANT SELECT ON citus_internal.local_locks TO PUBLIC;

CREATE FUNCTION pg_catalog.citus_locks(
    OUT global_pid bigint, OUT nodeid integer, OUT locktype text, OUT database oid, OUT relation oid,
    OUT relation_name text, OUT page integer, OUT tuple smallint, OUT virtualxid text, OUT transactionid xid,
    OUT classid oid, OUT objid oid, OUT objsubid smallint, OUT virtualtransaction text, OUT pid integer, OUT mode text,
    OUT granted boolean, OUT fastpath boolean, OUT waitstart timestamptz)
    RETURNS SETOF record LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM citus_internal.local_locks
    UNION ALL
    SELECT * FROM citus_internal.rows_of_other_nodes(NULL::citus_internal.local_locks)
$$;
COMMENT ON FUNCTION pg_catalog.citus_locks() IS 'pg_locks of all nodes, with global pids';
CREATE VIEW citus.citus_locks AS SELECT * FROM pg_catalog.citus_locks();
ALTER VIEW citus.citus_locks SET SCHEMA pg_catalog;
COMMENT ON VIEW pg_catalog.citus_locks IS 'the locks that backends hold or wait for, on all nodes';
GRANT SELECT ON pg_catalog.citus_locks TO PUBLIC;

-- An edge names a party by its distributed transaction, or, when it works for none, by its process on the node.
CREATE VIEW citus.citus_lock_waits AS
WITH transactions AS MATERIALIZED (
    SELECT DISTINCT initiator_node_identifier AS groupid, transaction_number AS number, global_pid
    FROM pg_catalog.get_global_active_transactions()),
waits AS (
    SELECT DISTINCT coalesce(wt.global_pid, pg_catalog.citus_calculate_gpid(w.nodeid, e.waiting_pid)) AS waiting_gpid,
           coalesce(bt.global_pid, pg_catalog.citus_calculate_gpid(b.nodeid, e.blocking_pid)) AS blocking_gpid,
           w.nodeid AS waiting_nodeid, b.nodeid AS blocking_nodeid
    FROM pg_catalog.dump_global_wait_edges() e
    JOIN pg_catalog.pg_dist_node w ON w.groupid = e.waiting_node_id AND w.noderole = 'primary'
    JOIN pg_catalog.pg_dist_node b ON b.groupid = e.blocking_node_id AND b.noderole = 'primary'
    LEFT JOIN transactions wt ON wt.groupid = w.groupid AND wt.number = e.waiting_transaction_num
    LEFT JOIN transactions bt ON bt.groupid = b.groupid AND bt.number = e.blocking_transaction_num),
activity AS MATERIALIZED (SELECT * FROM pg_catalog.citus_dist_stat_activity)
SELECT waits.waiting_gpid, waits.blocking_gpid, w.query AS blocked_statement,
       b.query AS current_statement_in_blocking_process, waits.waiting_nodeid, waits.blocking_nodeid
FROM waits
LEFT JOIN activity w ON w.global_pid = waits.waiting_gpid
LEFT JOIN activity b ON b.global_pid = waits.blocking_gpid;
ALTER VIEW citus.citus_lock_waits SET SCHEMA pg_catalog;
COMMENT ON VIEW pg_catalog.citus_lock_waits IS
    'who waits for whose lock, on any node, in terms of the backends that clients are connected to';
GRANT SELECT ON pg_catalog.citus_lock_waits TO PUBLIC;
