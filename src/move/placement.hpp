// Placements of shard groups are copied to another node, moved there, and given up.
#pragma once
#include "move/shard_group.hpp"

namespace cedro::move {

/// How writers fare, as users name it. Only BlockWrites is there: Auto means it too.
enum class TransferMode { Auto, ForceLogical, BlockWrites };

/// Raises 0A000 for ForceLogical.
void require_supported(TransferMode mode);

/// A placement to be made from another one. Groups of nodes.
struct Transfer {
    int32 from;
    int32 to;
};

/// Raises unless `from` holds the group and `to` may take it and does not hold it yet.
void require_possible(const ShardGroup &group, Transfer transfer);

/// Copies the group's placement with its rows, keeps both.
void copy(const ShardGroup &group, Transfer transfer);

/// Copies the group's placement with its rows and gives up the old one.
void move(const ShardGroup &group, Transfer transfer);

/// Gives up a placement; the last active one is refused.
void drop(const ShardGroup &group, int32 from);

/// citus_move_shard_placement and citus_copy_shard_placement: coordinator and owner
/// only, with the metadata locked and writers kept away.
void move_shard(int64 shard, Transfer transfer, TransferMode mode);
void copy_shard(int64 shard, Transfer transfer, TransferMode mode);

/// master_copy_shard_placement: as copy_shard(), and with `repairs` a placement at the target that is not active is
/// replaced.
void repair_shard(int64 shard, Transfer transfer, TransferMode mode, bool repairs);

} // namespace cedro::move
