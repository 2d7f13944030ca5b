// Aggregates that a task computes in part: their transition states as values.
#pragma once
#include "pg/planner.hpp"

namespace cedro::worker {

/// Plans a bound query of a task. `citus_internal.partial(aggregate)` in it gives
/// the state of the aggregate as bytes, to be combined by the node that sent the
/// task: of an internal state what its serialisation function makes, of other
/// states what their type sends.
PlannedStmt *plan_bound(Query *query, const char *query_string, int cursor_options, ParamListInfo parameters);

} // namespace cedro::worker
