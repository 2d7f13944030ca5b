-- Schemas and types. Refuses to install on a server whose settings cannot carry a cluster.

CREATE SCHEMA citus;
COMMENT ON SCHEMA citus IS 'types of the distributed database''s SQL interface';
CREATE SCHEMA citus_internal;
COMMENT ON SCHEMA citus_internal IS 'what the nodes of a distributed database call and keep for themselves';
GRANT USAGE ON SCHEMA citus, citus_internal TO PUBLIC;

CREATE FUNCTION citus_internal.check_server_settings() RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'check_server_settings';
COMMENT ON FUNCTION citus_internal.check_server_settings() IS
    'raises an error, with the line to put into postgresql.conf, when a server setting rules out distributed transactions or moving data';
SELECT citus_internal.check_server_settings();

CREATE TYPE citus.distribution_type AS ENUM ('hash', 'range', 'append');
COMMENT ON TYPE citus.distribution_type IS 'how the rows of a distributed table are assigned to its shards';
CREATE TYPE citus.shard_transfer_mode AS ENUM ('auto', 'force_logical', 'block_writes');
COMMENT ON TYPE citus.shard_transfer_mode IS 'how writers fare while a shard is copied or moved';
CREATE TYPE pg_catalog.citus_copy_format AS ENUM ('csv', 'binary', 'text');
COMMENT ON TYPE pg_catalog.citus_copy_format IS 'formats of intermediate results';
CREATE TYPE pg_catalog.noderole AS ENUM ('primary', 'secondary', 'unavailable');
COMMENT ON TYPE pg_catalog.noderole IS 'what a node does within its group';
CREATE TYPE pg_catalog.citus_job_status AS ENUM
    ('scheduled', 'running', 'finished', 'cancelling', 'cancelled', 'failing', 'failed');
COMMENT ON TYPE pg_catalog.citus_job_status IS 'states of a background job';
CREATE TYPE pg_catalog.citus_task_status AS ENUM
    ('blocked', 'runnable', 'running', 'done', 'cancelling', 'error', 'unscheduled', 'cancelled');
COMMENT ON TYPE pg_catalog.citus_task_status IS 'states of a task of a background job';

-- CREATE TYPE … AS makes a relation, which cannot be made in pg_catalog but can be moved there.
CREATE TYPE citus.split_copy_info AS (
    destination_shard_id bigint,
    destination_shard_min_value text,
    destination_shard_max_value text,
    destination_shard_node_id integer
);
ALTER TYPE citus.split_copy_info SET SCHEMA pg_catalog;
COMMENT ON TYPE pg_catalog.split_copy_info IS 'where the rows of one hash range go while a shard is split';
CREATE TYPE citus.split_shard_info AS (
    source_shard_id bigint,
    distribution_column text,
    child_shard_id bigint,
    shard_min_value text,
    shard_max_value text,
    node_id integer
);
ALTER TYPE citus.split_shard_info SET SCHEMA pg_catalog;
COMMENT ON TYPE pg_catalog.split_shard_info IS 'one shard that comes out of a split';
CREATE TYPE citus.replication_slot_info AS (
    node_id integer,
    slot_owner text,
    slot_name text
);
ALTER TYPE citus.replication_slot_info SET SCHEMA pg_catalog;
COMMENT ON TYPE pg_catalog.replication_slot_info IS 'a replication slot that feeds one node during a split';

-- A hybrid logical clock: milliseconds and a counter that orders what falls into the same one.
CREATE TYPE pg_catalog.cluster_clock;
CREATE FUNCTION pg_catalog.cluster_clock_in(cstring) RETURNS cluster_clock
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_in';
COMMENT ON FUNCTION pg_catalog.cluster_clock_in(cstring) IS 'reads a clock from the text (logical,counter)';
CREATE FUNCTION pg_catalog.cluster_clock_out(cluster_clock) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_out';
COMMENT ON FUNCTION pg_catalog.cluster_clock_out(cluster_clock) IS 'writes a clock as the text (logical,counter)';
CREATE FUNCTION pg_catalog.cluster_clock_recv(internal) RETURNS cluster_clock
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_recv';
COMMENT ON FUNCTION pg_catalog.cluster_clock_recv(internal) IS 'reads a clock in its binary form';
CREATE FUNCTION pg_catalog.cluster_clock_send(cluster_clock) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_send';
COMMENT ON FUNCTION pg_catalog.cluster_clock_send(cluster_clock) IS 'writes a clock in its binary form';
CREATE TYPE pg_catalog.cluster_clock (
    INPUT = cluster_clock_in,
    OUTPUT = cluster_clock_out,
    RECEIVE = cluster_clock_recv,
    SEND = cluster_clock_send,
    INTERNALLENGTH = 12,
    ALIGNMENT = int4,
    STORAGE = plain
);
COMMENT ON TYPE pg_catalog.cluster_clock IS 'a point in the causal order of events of the cluster';

CREATE FUNCTION pg_catalog.cluster_clock_lt(cluster_clock, cluster_clock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_lt';
COMMENT ON FUNCTION pg_catalog.cluster_clock_lt(cluster_clock, cluster_clock) IS 'implementation of < operator';
CREATE FUNCTION pg_catalog.cluster_clock_le(cluster_clock, cluster_clock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_le';
COMMENT ON FUNCTION pg_catalog.cluster_clock_le(cluster_clock, cluster_clock) IS 'implementation of <= operator';
CREATE FUNCTION pg_catalog.cluster_clock_eq(cluster_clock, cluster_clock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_eq';
COMMENT ON FUNCTION pg_catalog.cluster_clock_eq(cluster_clock, cluster_clock) IS 'implementation of = operator';
CREATE FUNCTION pg_catalog.cluster_clock_ne(cluster_clock, cluster_clock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_ne';
COMMENT ON FUNCTION pg_catalog.cluster_clock_ne(cluster_clock, cluster_clock) IS 'implementation of <> operator';
CREATE FUNCTION pg_catalog.cluster_clock_ge(cluster_clock, cluster_clock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_ge';
COMMENT ON FUNCTION pg_catalog.cluster_clock_ge(cluster_clock, cluster_clock) IS 'implementation of >= operator';
CREATE FUNCTION pg_catalog.cluster_clock_gt(cluster_clock, cluster_clock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_gt';
COMMENT ON FUNCTION pg_catalog.cluster_clock_gt(cluster_clock, cluster_clock) IS 'implementation of > operator';
CREATE FUNCTION pg_catalog.cluster_clock_cmp(cluster_clock, cluster_clock) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_cmp';
COMMENT ON FUNCTION pg_catalog.cluster_clock_cmp(cluster_clock, cluster_clock) IS 'less-equal-greater of two clocks';
CREATE FUNCTION pg_catalog.cluster_clock_logical(cluster_clock) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_logical';
COMMENT ON FUNCTION pg_catalog.cluster_clock_logical(cluster_clock) IS 'the logical part of a clock, in milliseconds';
CREATE FUNCTION pg_catalog.citus_is_clock_after(clock_one cluster_clock, clock_two cluster_clock) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cluster_clock_gt';
COMMENT ON FUNCTION pg_catalog.citus_is_clock_after(cluster_clock, cluster_clock) IS
    'whether the first clock is later than the second';

CREATE OPERATOR pg_catalog.< (
    LEFTARG = cluster_clock, RIGHTARG = cluster_clock, FUNCTION = cluster_clock_lt,
    COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR pg_catalog.<= (
    LEFTARG = cluster_clock, RIGHTARG = cluster_clock, FUNCTION = cluster_clock_le,
    COMMUTATOR = >=, NEGATOR = >, RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR pg_catalog.= (
    LEFTARG = cluster_clock, RIGHTARG = cluster_clock, FUNCTION = cluster_clock_eq,
    COMMUTATOR = =, NEGATOR = <>, RESTRICT = eqsel, JOIN = eqjoinsel, MERGES
);
CREATE OPERATOR pg_catalog.<> (
    LEFTARG = cluster_clock, RIGHTARG = cluster_clock, FUNCTION = cluster_clock_ne,
    COMMUTATOR = <>, NEGATOR = =, RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR pg_catalog.>= (
    LEFTARG = cluster_clock, RIGHTARG = cluster_clock, FUNCTION = cluster_clock_ge,
    COMMUTATOR = <=, NEGATOR = <, RESTRICT = scalargesel, JOIN = scalargejoinsel
);
CREATE OPERATOR pg_catalog.> (
    LEFTARG = cluster_clock, RIGHTARG = cluster_clock, FUNCTION = cluster_clock_gt,
    COMMUTATOR = <, NEGATOR = <=, RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR CLASS pg_catalog.cluster_clock_ops DEFAULT FOR TYPE cluster_clock USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 cluster_clock_cmp(cluster_clock, cluster_clock);
