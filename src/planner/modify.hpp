// UPDATE, DELETE and MERGE of distributed tables.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

struct ModifyPlan {
    Plan *plan;
    bool depends_on_role; ///< PlannedStmt.dependsOnRole
};

/// The scan that lets every shard group execute the statement by itself. `query`:
/// after rewriting, before planning. Raises 0A000, with what to do, when groups cannot.
ModifyPlan plan_modify(const Query *query);

} // namespace cedro::planner
