// How many bytes tables, indexes and shards take, over all nodes.
#pragma once
#include "pg/arena.hpp"

namespace cedro::monitor {

/// What of a relation counts. The names are those of PostgreSQL's functions.
enum class Extent {
    Relation, ///< the main fork
    Table,    ///< all forks and the TOAST table
    Total     ///< the indexes too
};

/// The name by which another node is asked for an extent, and back. Raises for any other name.
const char *name_of(Extent extent);
Extent extent_of(const char *name);

struct ShardSize {
    int64 shard;
    int64 bytes; ///< with indexes
};

/// Bytes of this node's placements of a distributed table or of an index of
/// one, its partitions included.
int64 local_bytes(Oid relid, Extent extent);

/// Sizes of this node's placements: all of them, or of some shards.
pg::Vector<ShardSize> local_shard_sizes(std::optional<std::span<const int64>> shards);

/// Bytes over all nodes, every copy counted. When a node cannot be reached:
/// raises, or, with is_optional, warns and returns nothing.
std::optional<int64> bytes(Oid relid, Extent extent, bool is_optional);

/// The size of every shard, of its largest copy. Placements on nodes that
/// cannot be reached are left out with a warning. Hidden tables are left out.
pg::Vector<ShardSize> shard_sizes();

/// Bytes of a shard and the shards that lie with it, on the node of its first
/// healthy placement.
int64 shard_group_bytes(int64 shard);

/// The file system that holds this node's data directory.
struct DiskSpace {
    int64 available; ///< bytes that the server may still take
    int64 total;
};
DiskSpace local_disk_space();

} // namespace cedro::monitor
