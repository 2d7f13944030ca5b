// Statements that write to distributed tables.
#pragma once
#include "pg/arena.hpp"
#include "pg/planner.hpp"

namespace cedro::planner {

/// Whether the statement, or a WITH query of it, writes to a shell.
bool writes_to_shell(const Query *query);

/// Plans such a statement. `query` as the planner hook gets it; it may be
/// changed. `plan_rest` plans what is not ours: the planner with shells read by scans of fragments.
PlannedStmt *plan_write(Query *query, pg::FunctionRef<PlannedStmt *(Query *)> plan_rest);

} // namespace cedro::planner
