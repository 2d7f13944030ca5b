// One plan for all shard groups of this node that a statement reads.
#pragma once
#include "pg/executor.hpp"
#include "plan/message.hpp"

namespace cedro::worker {

/// Binds a query (see bind() in task.hpp) to the groups of a task. Several groups of one colocation: the rows of all
/// of them, one after the other, as UNION ALL of the query bound to each. Returns the query to plan.
Query *bind_all(Query *query, plan::GroupSet groups);

} // namespace cedro::worker
