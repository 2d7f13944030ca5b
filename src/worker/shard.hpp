// Shards as relations on this node.
#pragma once
#include "pg/arena.hpp"

namespace cedro::worker {

/// Creates the empty relations of these shards of a table on this node, derived
/// from the shell that is already here: same attribute numbers (dropped columns
/// included), NOT NULL, CHECK, generated columns, collations, storage, indexes
/// and unique constraints (named <name>_<shardid>), statistics, replica
/// identity; owned by the shell's owner; relrowsecurity set without policies
/// when the shell has RLS. Defaults, identity and policies stay on the shell.
/// A partition's shard is attached to its parent's shard of the same ordinal
/// (whichever of the two is made last); partitions are listed in pg_dist_shard
/// before. Foreign keys are not made: call create_foreign_keys.
void create_shards(Oid shell, std::span<const int64> shards);

/// Makes the foreign keys of these shards, and of other shards to them, where
/// both ends are on this node and the key is not there yet. Call it once the
/// rows are in place and all tables involved are in the metadata; rows are checked.
void create_foreign_keys(Oid shell, std::span<const int64> shards);

/// Drops this node's relations of the shards, if they exist.
void drop_shards(Oid shell, std::span<const int64> shards);

/// Bytes of a shard on this node: heap, indexes and TOAST (pg_total_relation_size).
int64 shard_size(Oid shell, int64 shard);

} // namespace cedro::worker
