// A statement that is one fragment: its plan is made without PostgreSQL's planner.
#pragma once
#include "planner/push.hpp"

namespace cedro::planner {

/// The plan of a SELECT that was pushed whole and needs no order over several
/// groups. `query` is the statement as it came.
PlannedStmt *plan_whole(const Query *query, const Push &push, int cursor_options);

/// Entries for the executor's privilege checks, of all tables and views in the query at any depth.
List *privilege_entries(const Query *query);

} // namespace cedro::planner
