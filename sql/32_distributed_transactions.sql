-- Distributed transactions: which run, and how those that were left alone are settled.

CREATE FUNCTION pg_catalog.recover_prepared_transactions() RETURNS integer
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'recover_prepared_transactions';
COMMENT ON FUNCTION pg_catalog.recover_prepared_transactions() IS
    'commits or rolls back what this node''s transactions have left prepared on other nodes; returns how many it ended';
REVOKE EXECUTE ON FUNCTION pg_catalog.recover_prepared_transactions() FROM PUBLIC;

CREATE FUNCTION pg_catalog.get_current_transaction_id(
    OUT database_id oid, OUT process_id integer, OUT initiator_node_identifier integer, OUT transaction_number bigint,
    OUT transaction_stamp timestamptz)
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'get_current_transaction_id';
COMMENT ON FUNCTION pg_catalog.get_current_transaction_id() IS
    'the distributed transaction that this backend works for; its number is 0 when there is none';
CREATE FUNCTION pg_catalog.assign_distributed_transaction_id(
    initiator_node_identifier integer, transaction_number bigint, transaction_stamp timestamptz) RETURNS void
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'assign_distributed_transaction_id';
COMMENT ON FUNCTION pg_catalog.assign_distributed_transaction_id(integer, bigint, timestamptz) IS
    'makes this transaction part of a distributed one, for a superuser who drives the nodes by hand';
CREATE FUNCTION pg_catalog.get_all_active_transactions(
    OUT datid oid, OUT process_id integer, OUT initiator_node_identifier integer, OUT worker_query boolean,
    OUT transaction_number bigint, OUT transaction_stamp timestamptz, OUT global_pid bigint) RETURNS SETOF record
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'get_all_active_transactions';
COMMENT ON FUNCTION pg_catalog.get_all_active_transactions() IS
    'the backends of this node that work for a distributed transaction';
