// A shard group as something that is copied and moved as a whole: the shards of
// one ordinal of all co-located tables, partitions included.
#pragma once
#include "table/table.hpp"

namespace cedro::move {

struct Member {
    const table::Table *table;
    int64 shard;
};

struct ShardGroup {
    int32 colocation;
    int ordinal;
    pg::Vector<Member> members; ///< parents before their partitions

    const table::Table &table() const { return *members[0].table; }
    const table::Shard &shard() const { return table().shards[static_cast<size_t>(ordinal)]; }
    const table::Placement *placement_on(int32 group) const { return table::placement_on(shard(), group); }
};

/// The group that a shard belongs to. Raises when there is no such shard.
ShardGroup group_of_shard(int64 shard);

/// A group of a colocation; raises when no table is in it.
ShardGroup group_at(int32 colocation, int ordinal);

/// Raises 42501 unless the current role owns all tables of the group.
void require_owner(const ShardGroup &group);

/// The first half of block_writes(): new writers of the group wait, on every node, to
/// the end of the transaction. Who closes several closes them by colocation and ordinal.
void close_gates(const ShardGroup &group);

/// Keeps all writers away from the group, on every node, to the end of the
/// transaction, and waits for those that are at it. Reads go on.
/// The cluster's metadata is locked by the caller.
void block_writes(const ShardGroup &group);

} // namespace cedro::move
