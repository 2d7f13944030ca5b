-- Rows that move from node to node, so that the nodes can join or group them. The procedures are the nodes' own.

CREATE FUNCTION citus_internal.exchange(exchange bigint, colocation integer) RETURNS SETOF record
    LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'exchange';
COMMENT ON FUNCTION citus_internal.exchange(bigint, integer) IS
    'in the text of a task: the rows that other nodes have sent for its shard group of a colocation, or for all';

CREATE PROCEDURE citus_internal.produce_exchange_rows(
    exchange bigint, role text, query text, shard_groups text[], key integer, layout text, nodes integer[], INOUT stored text[])
    LANGUAGE c AS 'MODULE_PATHNAME', 'produce_exchange_rows';
COMMENT ON PROCEDURE citus_internal.produce_exchange_rows(bigint, text, text, text[], integer, text, integer[], text[]) IS
    'runs a query in these shard groups and sends its rows to the nodes that will read them';
CREATE PROCEDURE citus_internal.store_exchange_rows(exchange bigint, byte_order integer, rows bytea)
    LANGUAGE c AS 'MODULE_PATHNAME', 'store_exchange_rows';
COMMENT ON PROCEDURE citus_internal.store_exchange_rows(bigint, integer, bytea) IS
    'keeps rows of an exchange in temporary files, to the end of the transaction';
CREATE PROCEDURE citus_internal.seal_exchange_rows(exchange bigint, INOUT stored text)
    LANGUAGE c AS 'MODULE_PATHNAME', 'seal_exchange_rows';
COMMENT ON PROCEDURE citus_internal.seal_exchange_rows(bigint, text) IS
    'ends what one sender stores of an exchange, and says where it is and how much';
CREATE PROCEDURE citus_internal.attach_exchange(exchange bigint, stored text[])
    LANGUAGE c AS 'MODULE_PATHNAME', 'attach_exchange';
COMMENT ON PROCEDURE citus_internal.attach_exchange(bigint, text[]) IS
    'lets the tasks of this session read the rows that senders have stored on this node';
CREATE PROCEDURE citus_internal.drop_exchange(exchange bigint)
    LANGUAGE c AS 'MODULE_PATHNAME', 'drop_exchange';
COMMENT ON PROCEDURE citus_internal.drop_exchange(bigint) IS
    'removes the rows of an exchange from this node and from those it has sent rows to';
