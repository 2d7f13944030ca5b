-- Indexes that are made shard by shard: see src/ddl/concurrently.hpp.

CREATE FUNCTION citus_internal.set_index_valid(index_name regclass, is_valid boolean) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_internal_set_index_valid';
COMMENT ON FUNCTION citus_internal.set_index_valid(regclass, boolean) IS
    'marks an index of a distributed table as valid once all of its shards have it, or as not valid';
