// UPDATE, DELETE and MERGE that shard groups cannot execute by themselves: the rows
// are found and locked by a SELECT, which PostgreSQL plans with shells read by scans
// of fragments, and then changed one by one.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// Why the (rewritten) statement cannot be executed by row either; nullptr when it can.
const char *no_by_row(const Query *query);

/// A SELECT that does what the statement does when it is executed: it reads the
/// changed rows from a plan::RowChange and gives what RETURNING gives.
Query *change_by_row(const Query *query);

/// The same for an INSERT … ON CONFLICT DO UPDATE (planner/upsert.hpp says which).
Query *upsert_by_row(const Query *query);

/// PostgreSQL's set_rel_pathlist_hook for a sub-select that stands for a RowChange.
void set_change_path(PlannerInfo *root, RelOptInfo *rel, const RangeTblEntry *entry);

} // namespace cedro::planner
