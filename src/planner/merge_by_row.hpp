// MERGE decided row by row.
#pragma once
#include "pg/planner.hpp"
#include "plan/row_change.hpp"

namespace cedro::planner {

/// planner::change_by_row for a MERGE. Three queries, one inside the other: the source
/// joined to the target, with the number of the action for each row; the values of that
/// action; what reads the change.
Query *merge_by_row(const Query *merge, plan::RowChange *change);

} // namespace cedro::planner
