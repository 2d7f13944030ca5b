// How many copies the shards of a co-location group have.
#pragma once
#include "move/placement.hpp"

namespace cedro::replica {

/// Raises unless the tables of the group can have so many copies: 42809 for
/// tables that are not sharded, 22023 (with both figures) when there are fewer
/// nodes, 42501 for a table of somebody else. The metadata is locked.
void require_possible(const table::Table &table, int factor);

/// Gives one shard group so many copies: makes those that are missing from one
/// that is there, each on the node with the fewest copies of the group's
/// tables, or gives up the newest ones. Returns how many were made or given up.
int equalize(int32 colocation, int ordinal, int factor);

/// The copy that equalize() would make next of a shard group; nothing when it has enough.
std::optional<move::Transfer> missing_copy(const move::ShardGroup &group, int factor);

/// What the catalogs say before the first shard group is changed, and after the last one.
void announce(int32 colocation, int factor);
void settle(int32 colocation, int factor);

/// Remembers the factor asked for these tables; nothing: it was taken back.
/// Everywhere for a table of the cluster, else on this node for when it becomes one.
void remember(std::span<const Oid> relids, std::optional<int> factor);

} // namespace cedro::replica
