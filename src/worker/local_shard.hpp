// Finds and locks this node's shards for a task.
#pragma once
#include "plan/message.hpp"
#include "table/table.hpp"

namespace cedro::worker {

/// The shard of a table that a task's groups mean; raises 08P01 when they name none.
int ordinal_in(const table::Table &table, plan::GroupSet groups);

/// This node's relation of a shard, locked. Raises 55000 when this node has no
/// placement of it (it moved since the sender looked), under the lock: who
/// drops a shard holds a conflicting one. For reads (NoLock, AccessShareLock) what a
/// placement left behind will do.
Oid open_local_shard(Oid shell, int ordinal, LOCKMODE lock);

} // namespace cedro::worker
