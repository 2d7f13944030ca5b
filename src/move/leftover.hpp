// What a placement leaves behind when it is given up: its relations stay for
// statements that are on their way to them, and are dropped some time later.
// They are listed in pg_dist_cleanup on the coordinator.
#pragma once
#include "move/shard_group.hpp"

namespace cedro::move {

/// Gives up the relations of a group's placement, which the metadata no longer
/// lists: now, or later (citus.defer_drop_after_shard_move).
void give_up(const ShardGroup &group, int32 from);

/// Drops at once what an earlier placement of the group left on a node that
/// is to hold it again. Waits for statements that read it.
void drop_leftovers(const ShardGroup &group, int32 group_of_node);

/// Drops all leftovers that nobody reads any more, each in a subtransaction.
/// Returns how many; those in use and those on unreachable nodes stay listed.
int clean_up();

} // namespace cedro::move
