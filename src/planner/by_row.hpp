// UPDATE and DELETE that shard groups cannot execute by themselves: the rows are
// found and locked by a SELECT, which PostgreSQL plans with shells read by scans of
// fragments, and then changed one by one.
#pragma once
#include "pg/arena.hpp"
#include "pg/planner.hpp"

namespace cedro::planner {

/// Why the (rewritten) statement cannot be executed by row either; nullptr when it can.
const char *no_by_row(const Query *query);

/// Its plan. `plan_rest` plans a SELECT.
PlannedStmt *plan_by_row(const Query *query, pg::FunctionRef<PlannedStmt *(Query *)> plan_rest);

} // namespace cedro::planner
