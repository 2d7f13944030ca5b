-- Shards of this node. The functions are the cluster's: a client gets 42501.

CREATE FUNCTION citus_internal.create_shards(shell regclass, shards bigint[]) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'create_shards';
COMMENT ON FUNCTION citus_internal.create_shards(regclass, bigint[]) IS
    'makes the empty relations of these shards on this node, after the definition of their table';
CREATE FUNCTION citus_internal.drop_shards(shell regclass, shards bigint[]) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'drop_shards';
COMMENT ON FUNCTION citus_internal.drop_shards(regclass, bigint[]) IS
    'drops this node''s relations of these shards, where they exist';
CREATE FUNCTION citus_internal.create_shard_foreign_keys(shell regclass, shards bigint[]) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'create_shard_foreign_keys';
COMMENT ON FUNCTION citus_internal.create_shard_foreign_keys(regclass, bigint[]) IS
    'gives these shards the foreign keys of their table, in both directions, where both ends are on this node';

CREATE FUNCTION citus_internal.table_of_shard(relation oid) RETURNS oid
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'table_of_shard';
COMMENT ON FUNCTION citus_internal.table_of_shard(oid) IS
    'the table whose shard this relation is, or the relation itself: what tableoid means to a user';

CREATE PROCEDURE citus_internal.lock_shard_group(colocation integer, ordinal integer, exclusive boolean)
    LANGUAGE c AS 'MODULE_PATHNAME', 'lock_shard_group';
COMMENT ON PROCEDURE citus_internal.lock_shard_group(integer, integer, boolean) IS
    'locks this node''s copy of a shard group to the end of the transaction: shared for INSERT by key, exclusive for what must be serialised with it';

CREATE FUNCTION citus_internal.change_with_shards(command text, defaults text[], needs text[] DEFAULT '{}') RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'change_with_shards';
COMMENT ON FUNCTION citus_internal.change_with_shards(text, text[], text[]) IS
    'runs DDL on a table and on its shards of this node; defaults: values of new columns that all nodes must share; needs: privileges lent to the owner for it';
CREATE FUNCTION citus_internal.shard_change_command(command text) RETURNS text
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'shard_change_command';
COMMENT ON FUNCTION citus_internal.shard_change_command(text) IS
    'the command that runs DDL on a table and its shards on each node, with stable defaults evaluated once';
