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

    Oid schema_oid() const { return RelationGetNamespace(shell); }
};

/// The table: columns, storage, CHECK constraints, partition key.
void create_table(ShardDraft &draft);

/// What the shell's columns and CHECK constraints have and the shard lacks; rows are checked.
void complete_table(const ShardDraft &draft);

/// The name of a CHECK constraint of the shell on the shard. It ends with the
/// shard's id; an inherited one with that of the topmost ancestor's shard, for
/// partitions must name it alike.
const char *check_name(const ShardDraft &draft, const char *name);

/// The indexes, with their constraints, and extended statistics that the shell has and the shard lacks.
void complete_indexes(const ShardDraft &draft);

/// The replica identity of the shell.
void set_replica_identity(const ShardDraft &draft);

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
