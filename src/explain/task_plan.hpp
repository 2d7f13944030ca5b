// A node's own plan of a task.
#pragma once
#include "executor/placement.hpp"
#include "pg/explain.hpp"

namespace cedro::explain {

struct TaskPlan {
    int32 node;       ///< which node was asked
    const char *text; ///< its EXPLAIN in the format and with the options of `state`
};

/// Asks the first node of the task that answers; with ANALYZE the task is executed there.
TaskPlan plan_of_task(const char *sql, const executor::Task &task, Oid role, const ExplainState *state);

} // namespace cedro::explain
