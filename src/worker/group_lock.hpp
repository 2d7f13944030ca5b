// The lock that keeps the copies of a replicated shard group equal.
#pragma once
#include "plan/message.hpp"

namespace cedro::worker {

/// Locks a shard group on this node to the end of the transaction, waiting as
/// for any lock. Shared holders (INSERT by key) go together; an exclusive one
/// (any other write) is alone. Take it on all placements in order of group id,
/// before the statement's snapshot.
void lock_group(plan::Group group, bool is_exclusive);

} // namespace cedro::worker
