-- Sequences whose type is too narrow for a range of each node's own

CREATE PROCEDURE citus_internal.take_sequence_values(sequence text, count integer, INOUT "values" bigint[])
    LANGUAGE c AS 'MODULE_PATHNAME', 'take_sequence_values';
COMMENT ON PROCEDURE citus_internal.take_sequence_values(text, integer, bigint[]) IS
    'on the coordinator: takes values out of a sequence for another node';

CREATE FUNCTION citus_internal.next_value(sequence regclass) RETURNS bigint
    LANGUAGE c STRICT VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'next_value';
COMMENT ON FUNCTION citus_internal.next_value(regclass) IS
    'nextval for sequences smaller than bigint: other nodes fetch values from the coordinator';

CREATE FUNCTION pg_catalog.worker_nextval(sequence regclass) RETURNS integer
    LANGUAGE c STRICT VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'worker_nextval';
COMMENT ON FUNCTION pg_catalog.worker_nextval(regclass) IS
    'the next value of an int or smallint sequence, on any node; values come from the coordinator';
