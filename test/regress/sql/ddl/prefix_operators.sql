-- A prefix operator is made and changed on all nodes, and works in what they compute.
SET client_min_messages TO warning;
CREATE SCHEMA prefix_operators;
SET search_path TO prefix_operators;
CREATE FUNCTION opposite(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT -$1 - 1';
CREATE OPERATOR @! (FUNCTION = opposite, RIGHTARG = int);
COMMENT ON OPERATOR @! (NONE, int) IS 'from the other end';
SELECT DISTINCT result FROM run_command_on_all_nodes($$
    SELECT obj_description(oid, 'pg_operator') FROM pg_operator WHERE oprname = '@!' $$);
CREATE TABLE t (k int);
SELECT create_distributed_table('t', 'k', shard_count => 4);
INSERT INTO t SELECT generate_series(1, 5);
SELECT k, @! k AS opposite FROM t WHERE @! k < -3 ORDER BY k;
DROP SCHEMA prefix_operators CASCADE;
