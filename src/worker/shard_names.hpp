// Names in a DDL statement on a table, replaced by those of one of its shards.
#pragma once
#include "worker/shard_parts.hpp"

namespace cedro::worker {

/// A shard that is on this node.
struct LocalShard {
    const table::Table *table;
    int ordinal;
    int64 id;
    Oid relid;
};

/// This node's shards of a table.
pg::Vector<LocalShard> local_shards(Oid shell);

/// The name of the shard's own index or constraint. A constraint that came from
/// a partitioned table carries the id of that table's shard.
const char *constraint_on(const LocalShard &shard, const char *name);

/// References to the table by its name in a raw expression, in place.
void rename_references(Node *expression, const LocalShard &shard);

/// The table that ATTACH or DETACH PARTITION is about; raises when it has no shards.
Oid distributed_partition(const AlterTableCmd *command);

/// Gives the constraints of a shard the names that follow from its table's,
/// after that became a partition or ceased to be one.
void rename_constraints(const ShardDraft &draft);

/// An ALTER TABLE command for the shard (a copy), or nullptr when the shard has no part in it.
AlterTableCmd *command_on(const AlterTableCmd *command, const LocalShard &shard);

} // namespace cedro::worker
