-- Statements that a superuser runs on other nodes by hand.

CREATE FUNCTION citus_internal.execute_on_node(node_id integer, statement text, writes boolean DEFAULT true)
    RETURNS text LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'execute_on_node';
COMMENT ON FUNCTION citus_internal.execute_on_node(integer, text, boolean) IS
    'runs a statement on another node, in this transaction and as the current role; returns the first value of its result. It speaks for the node itself: grant it to nobody';
REVOKE EXECUTE ON FUNCTION citus_internal.execute_on_node(integer, text, boolean) FROM PUBLIC;
CREATE FUNCTION citus_internal.execute_everywhere(commands text[])
    RETURNS void LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'execute_everywhere';
COMMENT ON FUNCTION citus_internal.execute_everywhere(text[]) IS
    'runs commands on all nodes in one transaction, as a change of the cluster''s metadata';
REVOKE EXECUTE ON FUNCTION citus_internal.execute_everywhere(text[]) FROM PUBLIC;
