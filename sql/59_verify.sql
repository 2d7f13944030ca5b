-- Whether copies are equal.

CREATE FUNCTION pg_catalog.citus_verify_placements(
    table_name regclass, OUT shardid bigint, OUT nodename text, OUT nodeport integer, OUT row_count bigint, OUT checksum text)
    RETURNS SETOF record LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_verify_placements';
COMMENT ON FUNCTION pg_catalog.citus_verify_placements(regclass) IS
    'compares the copies of a table''s shards and returns those of the shards whose copies differ; no row: all are equal';
