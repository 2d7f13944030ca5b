// INSERT into distributed tables.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// What replaces the ModifyTable of an INSERT into a shell in a finished plan: a
/// scan that takes the rows of the same child plan to their shards. `query`: the
/// INSERT after rewriting, as it was before planning.
Plan *plan_insert(const PlannedStmt *statement, ModifyTable *modify, const Query *query);

} // namespace cedro::planner
