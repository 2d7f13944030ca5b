// The parts of a placement on the node that gets it.
#pragma once
#include "move/shard_group.hpp"

namespace cedro::move {

/// Creates the empty relation of a shard on a group.
void create_shard(const Member &member, int32 group);

/// Creates the foreign keys of a shard on a group, once all shards of the group and their rows are there.
void create_foreign_keys(const Member &member, int32 group);

/// Makes the shard record changes of global keys from now on, where its table has such keys.
void watch_keys(const Member &member, int32 group);

/// Adds the command that records a placement.
void push_placement(pg::Vector<const char *> &commands, int64 shard, int32 group);

/// Runs a command on one node group, which may be this one's.
void run_in(int32 group, const char *command);

} // namespace cedro::move
