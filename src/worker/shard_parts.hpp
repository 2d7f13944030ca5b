// The steps that make the relation of one shard from its shell.
#pragma once
#include "pg/ddl.hpp"
#include "table/table.hpp"

namespace cedro::worker {

/// One shard on its way into existence. The shell is open and locked.
struct ShardDraft {
    Relation shell;
    int64 id;
    const char *schema;
    const char *name;
    Oid relid; ///< InvalidOid until the table is there
};

/// The table: columns, storage, CHECK constraints, partition key.
void create_table(ShardDraft &draft);

/// Its indexes with their constraints, extended statistics, replica identity.
void create_indexes(const ShardDraft &draft);

/// Makes the shard a partition of its parent's shard, and existing shards of
/// its own partitions partitions of it.
void attach_partitions(const ShardDraft &draft);

/// The name of a relation for parse trees.
RangeVar *range_var(const char *schema, const char *name);
RangeVar *range_var(Oid relid);

/// ALTER TABLE with these commands.
void alter_table(Oid relid, List *commands);

/// Appends an ALTER TABLE command to a list.
List *add_command(List *commands, AlterTableType type, const char *name, Node *definition);

/// The position of a shard in its table, or -1 when pg_dist_shard does not list it there.
int ordinal_of_shard(const table::Table &table, int64 shard);

} // namespace cedro::worker
