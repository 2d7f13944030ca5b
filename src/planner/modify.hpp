// UPDATE, DELETE and MERGE of distributed tables.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

struct ModifyPlan {
    Plan *plan;           ///< nullptr when shard groups cannot execute the statement
    bool depends_on_role; ///< PlannedStmt.dependsOnRole
    const char *reason;   ///< why there is no plan: "its tables are not joined on their distribution columns"
};

/// The scan that lets every shard group execute the statement by itself. `query`:
/// after rewriting, before planning. Raises 0A000 for what no way of execution allows.
ModifyPlan plan_modify(const Query *query);

} // namespace cedro::planner
