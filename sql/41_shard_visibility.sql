-- Shards as clients see them: not at all, unless they ask for them.

CREATE FUNCTION citus_internal.is_relation_shown(relid oid, name name, schema oid, kind "char") RETURNS boolean
    LANGUAGE c STABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'is_relation_shown';
COMMENT ON FUNCTION citus_internal.is_relation_shown(oid, name, oid, "char") IS
    'whether a row of pg_class is no shard and no table of the cluster''s own; added to queries on pg_class';
CREATE FUNCTION citus_internal.is_statistics_shown(relid oid) RETURNS boolean
    LANGUAGE c STABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'is_statistics_shown';
COMMENT ON FUNCTION citus_internal.is_statistics_shown(oid) IS
    'whether extended statistics on this table are no shard''s; added to queries on pg_statistic_ext';

CREATE FUNCTION pg_catalog.relation_is_a_known_shard(regclass) RETURNS boolean
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'relation_is_a_known_shard';
COMMENT ON FUNCTION pg_catalog.relation_is_a_known_shard(regclass) IS
    'whether the relation is a shard of a distributed table, or an index of one';
CREATE FUNCTION pg_catalog.citus_table_is_visible(oid) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'citus_table_is_visible';
COMMENT ON FUNCTION pg_catalog.citus_table_is_visible(oid) IS
    'whether the table is found by its name without a schema and is no shard';

CREATE FUNCTION pg_catalog.citus_shards_on_worker(
    OUT schema_name name, OUT shard_name name, OUT table_type text, OUT owner_name name)
    RETURNS SETOF record LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp SET citus.override_table_visibility = off AS $$
BEGIN
    RETURN QUERY
    SELECT n.nspname, c.relname, CASE c.relkind WHEN 'r' THEN 'table' ELSE 'partitioned table' END,
           pg_get_userbyid(c.relowner)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND relation_is_a_known_shard(c.oid)
    ORDER BY n.nspname, c.relname;
END $$;
COMMENT ON FUNCTION pg_catalog.citus_shards_on_worker() IS 'shards that are on this node';
CREATE FUNCTION pg_catalog.citus_shard_indexes_on_worker(
    OUT schema_name name, OUT index_name name, OUT table_type text, OUT owner_name name, OUT shard_name name)
    RETURNS SETOF record LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp SET citus.override_table_visibility = off AS $$
BEGIN
    RETURN QUERY
    SELECT n.nspname, c.relname, CASE c.relkind WHEN 'i' THEN 'index' ELSE 'partitioned index' END,
           pg_get_userbyid(c.relowner), t.relname
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE t.relkind IN ('r', 'p') AND relation_is_a_known_shard(t.oid)
    ORDER BY n.nspname, c.relname;
END $$;
COMMENT ON FUNCTION pg_catalog.citus_shard_indexes_on_worker() IS 'indexes of the shards that are on this node';

CREATE VIEW citus.citus_shards_on_worker AS
SELECT schema_name AS "Schema", shard_name AS "Name", table_type AS "Type", owner_name AS "Owner"
FROM pg_catalog.citus_shards_on_worker();
ALTER VIEW citus.citus_shards_on_worker SET SCHEMA pg_catalog;
COMMENT ON VIEW pg_catalog.citus_shards_on_worker IS 'shards that are on this node';
CREATE VIEW citus.citus_shard_indexes_on_worker AS
SELECT schema_name AS "Schema", index_name AS "Name", table_type AS "Type", owner_name AS "Owner",
       shard_name AS "Table"
FROM pg_catalog.citus_shard_indexes_on_worker();
ALTER VIEW citus.citus_shard_indexes_on_worker SET SCHEMA pg_catalog;
COMMENT ON VIEW pg_catalog.citus_shard_indexes_on_worker IS 'indexes of the shards that are on this node';
GRANT SELECT ON pg_catalog.citus_shards_on_worker, pg_catalog.citus_shard_indexes_on_worker TO PUBLIC;
