// Shards as relations on this node.
#pragma once
#include "pg/arena.hpp"

namespace cedro::worker {

/// Creates the empty relations of these shards of a table on this node, derived
/// from the shell that is already here: same attribute numbers (dropped columns
/// included), NOT NULL, CHECK, generated columns, collations, storage, indexes
/// and unique constraints (named <name>_<shardid>), replica identity, foreign
/// keys to shards of the same ordinal and to local placements of reference
/// tables, attachment to the parent's shard for partitions; owned by the
/// shell's owner; relrowsecurity set without policies when the shell has RLS.
/// Defaults, identity and policies stay on the shell.
void create_shards(Oid shell, std::span<const int64> shards);

/// Foreign keys of these shards (both directions), once data is in place.
void create_foreign_keys(Oid shell, std::span<const int64> shards);

/// Drops this node's relations of the shards, if they exist.
void drop_shards(Oid shell, std::span<const int64> shards);

/// Bytes of a shard on this node: heap, indexes and TOAST (pg_total_relation_size).
int64 shard_size(Oid shell, int64 shard);

} // namespace cedro::worker
