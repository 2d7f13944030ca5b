-- Shards are copied and moved between nodes.

CREATE FUNCTION citus_internal.block_writes(colocation integer, ordinal integer) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'block_writes';
COMMENT ON FUNCTION citus_internal.block_writes(integer, integer) IS
    'lets no transaction of this node write to a shard group until this one ends';

-- Rows that a moved shard leaves behind must not hold on to rows of reference tables. Whoever
-- still reads them does so under an older snapshot.
CREATE FUNCTION citus_internal.empty_leftover(shard regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET session_replication_role = 'replica' AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = shard AND contype = 'f') THEN
        EXECUTE format('DELETE FROM ONLY %s', shard);
    END IF;
END $$;
COMMENT ON FUNCTION citus_internal.empty_leftover(regclass) IS
    'removes the rows of a shard that was moved away, if foreign keys hold them to other tables';
REVOKE ALL ON FUNCTION citus_internal.empty_leftover(regclass) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_move_shard_placement(
    shard_id bigint, source_node_name text, source_node_port integer, target_node_name text, target_node_port integer,
    shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_move_shard_placement';
COMMENT ON FUNCTION pg_catalog.citus_move_shard_placement(
    bigint, text, integer, text, integer, citus.shard_transfer_mode) IS
    'moves a shard, with the shards co-located with it, from one node to another; writes to them wait';
CREATE FUNCTION pg_catalog.citus_move_shard_placement(
    shard_id bigint, source_node_id integer, target_node_id integer,
    transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_move_shard_placement_with_nodeid';
COMMENT ON FUNCTION pg_catalog.citus_move_shard_placement(bigint, integer, integer, citus.shard_transfer_mode) IS
    'moves a shard, with the shards co-located with it, from one node to another; writes to them wait';

CREATE FUNCTION pg_catalog.citus_copy_shard_placement(
    shard_id bigint, source_node_name text, source_node_port integer, target_node_name text, target_node_port integer,
    transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_copy_shard_placement';
COMMENT ON FUNCTION pg_catalog.citus_copy_shard_placement(
    bigint, text, integer, text, integer, citus.shard_transfer_mode) IS
    'makes one more copy of a shard, and of the shards co-located with it, on another node; writes to them wait';
CREATE FUNCTION pg_catalog.citus_copy_shard_placement(
    shard_id bigint, source_node_id integer, target_node_id integer,
    transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_copy_shard_placement_with_nodeid';
COMMENT ON FUNCTION pg_catalog.citus_copy_shard_placement(bigint, integer, integer, citus.shard_transfer_mode) IS
    'makes one more copy of a shard, and of the shards co-located with it, on another node; writes to them wait';

CREATE FUNCTION pg_catalog.replicate_reference_tables(shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'replicate_reference_tables';
COMMENT ON FUNCTION pg_catalog.replicate_reference_tables(citus.shard_transfer_mode) IS
    'copies reference tables to the nodes that lack them';

CREATE PROCEDURE pg_catalog.citus_cleanup_orphaned_resources()
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_cleanup_orphaned_resources';
COMMENT ON PROCEDURE pg_catalog.citus_cleanup_orphaned_resources() IS
    'drops what moved shards left behind, where nobody reads it any more';

CREATE PROCEDURE pg_catalog.citus_cleanup_orphaned_shards()
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_cleanup_orphaned_resources';
COMMENT ON PROCEDURE pg_catalog.citus_cleanup_orphaned_shards() IS
    'the former name of citus_cleanup_orphaned_resources';

CREATE FUNCTION pg_catalog.master_move_shard_placement(
    shard_id bigint, source_node_name text, source_node_port integer, target_node_name text, target_node_port integer,
    shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_move_shard_placement';
COMMENT ON FUNCTION pg_catalog.master_move_shard_placement(
    bigint, text, integer, text, integer, citus.shard_transfer_mode) IS
    'the former name of citus_move_shard_placement';

-- Rebalancing

CREATE FUNCTION pg_catalog.get_rebalance_table_shards_plan(
    relation regclass DEFAULT NULL, threshold real DEFAULT NULL, max_shard_moves integer DEFAULT 1000000,
    excluded_shard_list bigint[] DEFAULT '{}', drain_only boolean DEFAULT false, rebalance_strategy name DEFAULT NULL,
    improvement_threshold real DEFAULT NULL)
    RETURNS TABLE(table_name regclass, shardid bigint, shard_size bigint, sourcename text, sourceport integer,
                  targetname text, targetport integer)
    LANGUAGE c AS 'MODULE_PATHNAME', 'get_rebalance_table_shards_plan';
COMMENT ON FUNCTION pg_catalog.get_rebalance_table_shards_plan(
    regclass, real, integer, bigint[], boolean, name, real) IS
    'the moves that rebalance_table_shards would make, in their order; one shard stands for all that lie with it';

CREATE FUNCTION pg_catalog.rebalance_table_shards(
    relation regclass DEFAULT NULL, threshold real DEFAULT NULL, max_shard_moves integer DEFAULT 1000000,
    excluded_shard_list bigint[] DEFAULT '{}', shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto',
    drain_only boolean DEFAULT false, rebalance_strategy name DEFAULT NULL)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'rebalance_table_shards';
COMMENT ON FUNCTION pg_catalog.rebalance_table_shards(
    regclass, real, integer, bigint[], citus.shard_transfer_mode, boolean, name) IS
    'moves shards of a table and those co-located with it, or of all tables, until the nodes carry their share';

CREATE FUNCTION pg_catalog.get_rebalance_progress()
    RETURNS TABLE(sessionid integer, table_name regclass, shardid bigint, shard_size bigint, sourcename text,
                  sourceport integer, targetname text, targetport integer, progress bigint, source_shard_size bigint,
                  target_shard_size bigint, operation_type text, source_lsn pg_lsn, target_lsn pg_lsn, status text)
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'get_rebalance_progress';
COMMENT ON FUNCTION pg_catalog.get_rebalance_progress() IS
    'the moves of running rebalances; progress is 0 for one that waits, 1 for one that runs, 2 for one that is done';

CREATE FUNCTION pg_catalog.citus_drain_node(
    nodename text, nodeport integer, shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto',
    rebalance_strategy name DEFAULT NULL)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'citus_drain_node';
COMMENT ON FUNCTION pg_catalog.citus_drain_node(text, integer, citus.shard_transfer_mode, name) IS
    'moves all shards away from a node and gives it no new ones';
REVOKE ALL ON FUNCTION pg_catalog.citus_drain_node(text, integer, citus.shard_transfer_mode, name) FROM PUBLIC;
CREATE FUNCTION pg_catalog.master_drain_node(
    nodename text, nodeport integer, shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto',
    rebalance_strategy name DEFAULT NULL)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'citus_drain_node';
COMMENT ON FUNCTION pg_catalog.master_drain_node(text, integer, citus.shard_transfer_mode, name) IS
    'the former name of citus_drain_node';
REVOKE ALL ON FUNCTION pg_catalog.master_drain_node(text, integer, citus.shard_transfer_mode, name) FROM PUBLIC;

-- Copies

CREATE FUNCTION pg_catalog.replicate_table_shards(
    relation regclass,
    shard_replication_factor integer DEFAULT (current_setting('citus.shard_replication_factor'))::integer,
    max_shard_copies integer DEFAULT 1000000, excluded_shard_list bigint[] DEFAULT '{}',
    shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'replicate_table_shards';
COMMENT ON FUNCTION pg_catalog.replicate_table_shards(
    regclass, integer, integer, bigint[], citus.shard_transfer_mode) IS
    'copies the shards of a table, and those co-located with it, that have fewer copies than asked for';

CREATE VIEW citus.citus_table_options AS
SELECT relid::regclass AS table_name, replication_factor AS shard_replication_factor
FROM citus_internal.table_option o
WHERE replication_factor IS NOT NULL AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = o.relid);
ALTER VIEW citus.citus_table_options SET SCHEMA pg_catalog;
COMMENT ON VIEW pg_catalog.citus_table_options IS
    'options that ALTER TABLE … SET or CREATE TABLE … WITH gave to tables and that pg_class.reloptions does not hold';
GRANT SELECT ON pg_catalog.citus_table_options TO PUBLIC;

CREATE FUNCTION pg_catalog.master_copy_shard_placement(
    shard_id bigint, source_node_name text, source_node_port integer, target_node_name text, target_node_port integer,
    do_repair boolean DEFAULT true, transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'master_copy_shard_placement';
COMMENT ON FUNCTION pg_catalog.master_copy_shard_placement(
    bigint, text, integer, text, integer, boolean, citus.shard_transfer_mode) IS
    'copies a shard as citus_copy_shard_placement does, also in place of a copy that is not active';
