// Exchanges in the query of a task: which rows of them the task reads, and the
// scan that reads them.
#pragma once
#include "pg/planner.hpp"
#include "plan/message.hpp"

namespace cedro::worker {

/// Binds an entry of a task's FROM to the rows that are for its groups; nothing for other entries.
void bind_exchange(RangeTblEntry *entry, plan::GroupSet groups);

/// The planner's set_rel_pathlist_hook: puts a scan of the rows that lie here in
/// the place of calling the function. True when the relation is an exchange.
bool set_exchange_path(PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *entry);

/// Names the scan to PostgreSQL; called once from _PG_init.
void register_exchange_scan();

} // namespace cedro::worker
