// MERGE decided row by row.
#pragma once
#include "pg/planner.hpp"
#include "planner/row_source.hpp"

namespace cedro::planner {

/// Adds the number of the action that each row of the join of source and target
/// calls for, and the values of all actions: each is computed for its own rows only.
void add_merge_actions(RowSource &source, plan::RowChange *change, const Query *merge);

/// The SELECT with the columns collected: around the join of source and target, whose rows are locked.
Query *merge_source(const Query *merge, plan::RowChange *change, const RowSource &source);

} // namespace cedro::planner
