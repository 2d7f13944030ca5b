// What names a row of a distributed table.
#pragma once
#include "pg/planner.hpp"
#include "plan/row_change.hpp"

namespace cedro::planner {

/// Notes in the change by which columns the target's rows are found again.
void set_identity(plan::RowChange *change, const RangeTblEntry *target);

} // namespace cedro::planner
