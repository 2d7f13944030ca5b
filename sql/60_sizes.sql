-- How large tables and shards are. A node is asked once and measures all it holds.

CREATE FUNCTION pg_catalog.shard_name(object_name regclass, shard_id bigint, skip_qualify_public boolean DEFAULT true)
    RETURNS text LANGUAGE c STABLE STRICT AS 'MODULE_PATHNAME', 'shard_name';
COMMENT ON FUNCTION pg_catalog.shard_name(regclass, bigint, boolean) IS
    'name of a shard''s table, or of a shard''s index, with its schema unless that is public';

CREATE FUNCTION citus_internal.local_relation_size(relation regclass, extent text) RETURNS bigint
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'local_relation_size';
COMMENT ON FUNCTION citus_internal.local_relation_size(regclass, text) IS
    'bytes that the shards of a table, or of an index, take on this node: extent relation, table or total';
CREATE FUNCTION citus_internal.local_shard_sizes(shard_ids bigint[] DEFAULT NULL, OUT shard_id bigint, OUT size bigint)
    RETURNS SETOF record LANGUAGE c AS 'MODULE_PATHNAME', 'local_shard_sizes';
COMMENT ON FUNCTION citus_internal.local_shard_sizes(bigint[]) IS
    'bytes, with indexes, of the shards on this node, or of those given';

CREATE FUNCTION pg_catalog.citus_shard_sizes(OUT shard_id integer, OUT size bigint) RETURNS SETOF record
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_shard_sizes';
COMMENT ON FUNCTION pg_catalog.citus_shard_sizes() IS
    'bytes, with indexes, of every shard; those whose nodes cannot be reached are left out';
CREATE FUNCTION pg_catalog.citus_relation_size(logicalrelid regclass) RETURNS bigint
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_relation_size';
COMMENT ON FUNCTION pg_catalog.citus_relation_size(regclass) IS
    'bytes of the rows of a distributed table, or of one of its indexes, over all nodes';
CREATE FUNCTION pg_catalog.citus_table_size(logicalrelid regclass) RETURNS bigint
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_table_size';
COMMENT ON FUNCTION pg_catalog.citus_table_size(regclass) IS
    'bytes of a distributed table without its indexes, over all nodes';
CREATE FUNCTION pg_catalog.citus_total_relation_size(logicalrelid regclass, fail_on_error boolean DEFAULT true)
    RETURNS bigint LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_total_relation_size';
COMMENT ON FUNCTION pg_catalog.citus_total_relation_size(regclass, boolean) IS
    'bytes of a distributed table with its indexes, over all nodes; without fail_on_error, NULL when a node cannot be reached';

CREATE FUNCTION pg_catalog.citus_shard_cost_by_disk_size(bigint) RETURNS real
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_shard_cost_by_disk_size';
COMMENT ON FUNCTION pg_catalog.citus_shard_cost_by_disk_size(bigint) IS
    'a cost function by which a shard costs the bytes of all shards that move with it';
INSERT INTO pg_dist_rebalance_strategy VALUES
    ('by_disk_size', true, 'citus_shard_cost_by_disk_size', 'citus_node_capacity_1', 'citus_shard_allowed_on_node_true',
     0.1, 0.01, 0.5);

CREATE FUNCTION pg_catalog.citus_local_disk_space_stats(OUT available_disk_size bigint, OUT total_disk_size bigint)
    RETURNS record LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_local_disk_space_stats';
COMMENT ON FUNCTION pg_catalog.citus_local_disk_space_stats() IS
    'bytes of the file system that holds this node''s data directory';

CREATE FUNCTION pg_catalog.worker_partitioned_relation_size(relation regclass) RETURNS bigint
    LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(sum(pg_catalog.pg_relation_size(relid)), 0)::bigint FROM pg_catalog.pg_partition_tree(relation)
$$;
COMMENT ON FUNCTION pg_catalog.worker_partitioned_relation_size(regclass) IS
    'bytes of rows of all partitions that a table has on this node';
CREATE FUNCTION pg_catalog.worker_partitioned_table_size(relation regclass) RETURNS bigint
    LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(sum(pg_catalog.pg_table_size(relid)), 0)::bigint FROM pg_catalog.pg_partition_tree(relation)
$$;
COMMENT ON FUNCTION pg_catalog.worker_partitioned_table_size(regclass) IS
    'bytes of rows, TOAST and maps of all partitions that a table has on this node';
CREATE FUNCTION pg_catalog.worker_partitioned_relation_total_size(relation regclass) RETURNS bigint
    LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(sum(pg_catalog.pg_total_relation_size(relid)), 0)::bigint FROM pg_catalog.pg_partition_tree(relation)
$$;
COMMENT ON FUNCTION pg_catalog.worker_partitioned_relation_total_size(regclass) IS
    'bytes of rows, TOAST and indexes of all partitions that a table has on this node';
