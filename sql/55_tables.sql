-- Tables become tables of the cluster, and tell where their rows lie.

CREATE FUNCTION citus_internal.hash_enum(anyenum) RETURNS integer
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'hash_enum';
COMMENT ON FUNCTION citus_internal.hash_enum(anyenum) IS
    'hash of an enum value''s label: by it enums are distributed, for their oids differ from node to node';

CREATE FUNCTION pg_catalog.worker_hash(value "any") RETURNS integer
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'worker_hash';
COMMENT ON FUNCTION pg_catalog.worker_hash("any") IS 'the hash by which a value of a distribution column finds its shard';

CREATE FUNCTION pg_catalog.create_distributed_table(
    table_name regclass, distribution_column text,
    distribution_type citus.distribution_type DEFAULT 'hash', colocate_with text DEFAULT 'default',
    shard_count integer DEFAULT NULL, replication_factor integer DEFAULT NULL)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'create_distributed_table';
COMMENT ON FUNCTION pg_catalog.create_distributed_table(
    regclass, text, citus.distribution_type, text, integer, integer) IS
    'distributes a table, with its rows, over the nodes by the hash of a column, or as one shard when the column is NULL';

CREATE FUNCTION pg_catalog.create_reference_table(table_name regclass) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'create_reference_table';
COMMENT ON FUNCTION pg_catalog.create_reference_table(regclass) IS 'keeps a copy of a table, with its rows, on every node';

CREATE FUNCTION pg_catalog.citus_add_local_table_to_metadata(
    table_name regclass, cascade_via_foreign_keys boolean DEFAULT false)
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_add_local_table_to_metadata';
COMMENT ON FUNCTION pg_catalog.citus_add_local_table_to_metadata(regclass, boolean) IS
    'makes a table of the coordinator known to all nodes; its rows stay where they are';

CREATE FUNCTION pg_catalog.get_shard_id_for_distribution_column(
    table_name regclass, distribution_value "any" DEFAULT NULL::unknown)
    RETURNS bigint LANGUAGE c AS 'MODULE_PATHNAME', 'get_shard_id_for_distribution_column';
COMMENT ON FUNCTION pg_catalog.get_shard_id_for_distribution_column(regclass, "any") IS
    'id of the shard that holds the rows with this value in the distribution column';

CREATE FUNCTION pg_catalog.get_colocated_table_array(regclass) RETURNS regclass[]
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'get_colocated_table_array';
COMMENT ON FUNCTION pg_catalog.get_colocated_table_array(regclass) IS 'tables that are co-located with a table, itself included';

CREATE FUNCTION pg_catalog.get_colocated_shard_array(bigint) RETURNS bigint[]
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'get_colocated_shard_array';
COMMENT ON FUNCTION pg_catalog.get_colocated_shard_array(bigint) IS
    'shards that hold the same hashes on the same nodes as a shard, itself included';

CREATE FUNCTION pg_catalog.distributed_tables_colocated(table1 regclass, table2 regclass) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    group1 integer := (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = table1);
    group2 integer := (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = table2);
BEGIN
    IF table1 IS NULL OR table2 IS NULL THEN
        RETURN NULL;
    END IF;
    IF group1 IS NULL OR group2 IS NULL THEN
        RAISE EXCEPTION 'table % is not distributed', CASE WHEN group1 IS NULL THEN table1 ELSE table2 END
            USING ERRCODE = 'wrong_object_type';
    END IF;
    RETURN group1 = group2 AND (group1 <> 0 OR table1 = table2);
END $$;
COMMENT ON FUNCTION pg_catalog.distributed_tables_colocated(regclass, regclass) IS 'whether two tables are co-located';

CREATE FUNCTION pg_catalog.undistribute_table(table_name regclass, cascade_via_foreign_keys boolean DEFAULT false)
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'undistribute_table';
COMMENT ON FUNCTION pg_catalog.undistribute_table(regclass, boolean) IS
    'makes a table of the cluster an ordinary table of the coordinator, with all its rows';

CREATE FUNCTION pg_catalog.remove_local_tables_from_metadata() RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'remove_local_tables_from_metadata';
COMMENT ON FUNCTION pg_catalog.remove_local_tables_from_metadata() IS
    'makes those tables of the coordinator that the cluster knows ordinary again that no foreign keys connect with a reference table';

CREATE FUNCTION pg_catalog.update_distributed_table_colocation(table_name regclass, colocate_with text)
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'update_distributed_table_colocation';
COMMENT ON FUNCTION pg_catalog.update_distributed_table_colocation(regclass, text) IS
    'co-locates a table with another one whose shards lie alike, or with none';

CREATE FUNCTION pg_catalog.truncate_local_data_after_distributing_table(function_name regclass) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'truncate_local_data_after_distributing_table';
COMMENT ON FUNCTION pg_catalog.truncate_local_data_after_distributing_table(regclass) IS
    'empties the files that a table of the cluster has on the coordinator beside its shards; distributing it did so already';

CREATE FUNCTION pg_catalog.alter_distributed_table(
    table_name regclass, distribution_column text DEFAULT NULL, shard_count integer DEFAULT NULL,
    colocate_with text DEFAULT NULL, cascade_to_colocated boolean DEFAULT NULL)
    RETURNS void LANGUAGE c AS 'MODULE_PATHNAME', 'alter_distributed_table';
COMMENT ON FUNCTION pg_catalog.alter_distributed_table(regclass, text, integer, text, boolean) IS
    'distributes a table by another column, over another number of shards or beside another table; its rows are copied';
