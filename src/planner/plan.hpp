// From a query to a plan that reads the shards: the planner's hooks.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// The planner_hook. `next`: the hook that was there before ours, or nullptr.
PlannedStmt *plan(Query *query, const char *query_string, int cursor_options, ParamListInfo parameters,
                  planner_hook_type next);

/// True while shells mean their own storage: commands of the cluster itself, foreign key checks.
bool is_storage_meant();

} // namespace cedro::planner
