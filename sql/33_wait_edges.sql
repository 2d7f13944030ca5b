-- Who waits for whose lock, and cycles of such waits over several nodes.

CREATE FUNCTION pg_catalog.dump_local_wait_edges(
    OUT waiting_pid integer, OUT waiting_node_id integer, OUT waiting_transaction_num bigint,
    OUT waiting_transaction_stamp timestamptz, OUT blocking_pid integer, OUT blocking_node_id integer,
    OUT blocking_transaction_num bigint, OUT blocking_transaction_stamp timestamptz,
    OUT blocking_transaction_waiting boolean) RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'dump_local_wait_edges';
COMMENT ON FUNCTION pg_catalog.dump_local_wait_edges() IS
    'waits for locks on this node: which transaction waits for which; the node is the one where the transaction began';
CREATE FUNCTION pg_catalog.dump_global_wait_edges(
    OUT waiting_pid integer, OUT waiting_node_id integer, OUT waiting_transaction_num bigint,
    OUT waiting_transaction_stamp timestamptz, OUT blocking_pid integer, OUT blocking_node_id integer,
    OUT blocking_transaction_num bigint, OUT blocking_transaction_stamp timestamptz,
    OUT blocking_transaction_waiting boolean) RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'dump_global_wait_edges';
COMMENT ON FUNCTION pg_catalog.dump_global_wait_edges() IS 'waits for locks on all nodes that can be reached';

CREATE FUNCTION pg_catalog.check_distributed_deadlocks() RETURNS boolean
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'check_distributed_deadlocks';
COMMENT ON FUNCTION pg_catalog.check_distributed_deadlocks() IS
    'looks for cycles of waits over several nodes, and ends the youngest transaction of each when it began on this node';
REVOKE EXECUTE ON FUNCTION pg_catalog.check_distributed_deadlocks() FROM PUBLIC;
