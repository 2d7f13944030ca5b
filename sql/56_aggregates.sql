-- Aggregates computed in parts: shard groups give states, the node that runs the statement combines them.

CREATE FUNCTION citus_internal.partial("any") RETURNS bytea
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'partial_aggregate';
COMMENT ON FUNCTION citus_internal.partial("any") IS
    'marks an aggregate in a task of which the state is wanted instead of the result';
CREATE FUNCTION citus_internal.state("any") RETURNS bytea
    LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'aggregate_state';
COMMENT ON FUNCTION citus_internal.state("any") IS
    'the state of an aggregate as bytes, in the binary format of its type';

CREATE FUNCTION citus_internal.combine_state(internal, aggregate regprocedure, types oid[], state bytea, anyelement)
    RETURNS internal
    LANGUAGE c AS 'MODULE_PATHNAME', 'combine_state';
COMMENT ON FUNCTION citus_internal.combine_state(internal, regprocedure, oid[], bytea, anyelement) IS
    'adds the state that a shard group computed';
CREATE FUNCTION citus_internal.finish_state(internal, aggregate regprocedure, types oid[], state bytea, anyelement)
    RETURNS anyelement
    LANGUAGE c AS 'MODULE_PATHNAME', 'finish_state';
COMMENT ON FUNCTION citus_internal.finish_state(internal, regprocedure, oid[], bytea, anyelement) IS
    'the result of an aggregate whose states have been combined';
CREATE AGGREGATE citus_internal.combined(aggregate regprocedure, types oid[], state bytea, anyelement) (
    SFUNC = citus_internal.combine_state, STYPE = internal,
    FINALFUNC = citus_internal.finish_state, FINALFUNC_EXTRA, FINALFUNC_MODIFY = READ_WRITE);
COMMENT ON AGGREGATE citus_internal.combined(regprocedure, oid[], bytea, anyelement) IS
    'an aggregate over the states that shard groups computed; only the planner calls it';
