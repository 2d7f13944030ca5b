-- Unique keys over all shards: see src/unique.

CREATE FUNCTION citus_internal.record_key_changes() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_internal_record_key_changes';
COMMENT ON FUNCTION citus_internal.record_key_changes() IS
    'records which unique keys the rows of a shard gained and lost';

CREATE FUNCTION citus_internal.watch_shards(table_name regclass, enable boolean) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_internal_watch_shards';
COMMENT ON FUNCTION citus_internal.watch_shards(regclass, boolean) IS
    'starts or stops recording key changes on this node''s shards of a table';

CREATE SEQUENCE citus_internal.key_shardid_seq MINVALUE 1000000000000 START 1000000000000;
COMMENT ON SEQUENCE citus_internal.key_shardid_seq IS 'ids of the shards of hidden key tables';
CREATE SEQUENCE citus_internal.key_table_seq;
COMMENT ON SEQUENCE citus_internal.key_table_seq IS 'numbers in the names of hidden key tables';

CREATE PROCEDURE citus_internal.take_key_changes(INOUT changes text[])
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_internal_take_key_changes';
COMMENT ON PROCEDURE citus_internal.take_key_changes(text[]) IS
    'hands the key changes recorded on this node to the node that runs the statement';

CREATE FUNCTION citus_internal.tie_key(key_table regclass, index regclass) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_internal_tie_key';
COMMENT ON FUNCTION citus_internal.tie_key(regclass, regclass) IS
    'makes the hidden table of a unique key go when its index goes';
