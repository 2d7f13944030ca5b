-- Statistics of distributed tables for the planner: see src/ddl/statistics.hpp.

CREATE FUNCTION citus_internal.shards_extent(table_name text, OUT pages double precision, OUT rows double precision)
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_internal_shards_extent';
COMMENT ON FUNCTION citus_internal.shards_extent(text) IS
    'pages and rows of the shards of a table on this node, as ANALYZE left them; a shard with several copies counts on one node';

CREATE FUNCTION citus_internal.set_column_statistics(
    table_name regclass, column_name name, is_inherited boolean, null_fraction real, width integer,
    distinct_values real, kinds text[], operators text[], collations text[], numbers text[],
    value_types text[], value_texts text[])
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_internal_set_column_statistics';
COMMENT ON FUNCTION citus_internal.set_column_statistics(
    regclass, name, boolean, real, integer, real, text[], text[], text[], text[], text[], text[]) IS
    'stores what ANALYZE of a distributed table found out about a column';

CREATE FUNCTION citus_internal.set_extent(
    table_name regclass, pages double precision, rows double precision, is_whole boolean)
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_internal_set_extent';
COMMENT ON FUNCTION citus_internal.set_extent(regclass, double precision, double precision, boolean) IS
    'stores how many pages and rows the shards of a distributed table have together';
