// A planned write around a plan that PostgreSQL's planner did not make.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// The statement of a query whose whole execution is this plan: with the entries
/// on which privileges are checked, and the objects it depends on.
PlannedStmt *pushed_statement(const Query *query, Plan *plan, bool depends_on_role);

} // namespace cedro::planner
