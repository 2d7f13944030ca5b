#include "planner/write.hpp"

#include "pg/list.hpp"
#include "planner/by_row.hpp"
#include "planner/insert.hpp"
#include "planner/modify.hpp"
#include "planner/modify_checks.hpp"
#include "planner/pushed_statement.hpp"
#include "table/table.hpp"

namespace cedro::planner {

namespace {

bool is_write(const Query *query) {
    if (query->commandType == CMD_SELECT || query->resultRelation == 0) return false;
    return table::is_shell(rt_fetch(query->resultRelation, query->rtable)->relid);
}

bool is_modify(const Query *query) { return is_write(query) && query->commandType != CMD_INSERT; }

List *written_ctes(const Query *query) {
    List *result = NIL;
    for (CommonTableExpr *cte : pg::ListOf<CommonTableExpr>(query->cteList))
        if (castNode(Query, cte->ctequery)->commandType != CMD_SELECT) result = lappend(result, cte->ctequery);
    return result;
}

bool has_written_shells(const List *queries) {
    for (Query *each : pg::ListOf<Query>(queries))
        if (is_write(each)) return true;
    return false;
}

[[noreturn]] void refuse(const Query *query, const char *reason, const char *no_by_row) {
    ereport(ERROR,
            (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
             errmsg("this %s of distributed table \"%s\" is not supported", command_name(query),
                    get_rel_name(rt_fetch(query->resultRelation, query->rtable)->relid)),
             errdetail("Its shards cannot execute it each by itself: %s. Row by row it cannot be executed with %s.",
                       reason, no_by_row),
             errhint("Join tables on their distribution columns or with reference tables, or read what is needed "
                     "first, into a temporary table or a parameter.")));
}

Plan *replacement(PlannedStmt *statement, Plan *plan, const Query *query) {
    if (!is_write(query)) return plan;
    if (query->commandType == CMD_INSERT) return plan_insert(statement, castNode(ModifyTable, plan), query);
    const ModifyPlan modify = plan_modify(query);
    if (!modify.plan) refuse(query, modify.reason, "WITH");
    modify.plan->plan_node_id = plan->plan_node_id;
    modify.plan->plan_rows = plan->plan_rows;
    modify.plan->plan_width = plan->plan_width;
    statement->dependsOnRole = statement->dependsOnRole || modify.depends_on_role;
    return modify.plan;
}

// The WITH queries that write appear among the sub-plans in their order, as ModifyTable.
void replace_in_ctes(PlannedStmt *statement, const List *queries) {
    int next = 0;
    ListCell *cell;
    foreach (cell, statement->subplans) {
        auto *plan = static_cast<Plan *>(lfirst(cell));
        if (!plan || !IsA(plan, ModifyTable)) continue;
        if (next >= list_length(queries))
            ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a plan writes more than its statement")));
        lfirst(cell) = replacement(statement, plan, list_nth_node(Query, queries, next++));
    }
}

} // namespace

bool writes_to_shell(const Query *query) { return is_write(query) || has_written_shells(written_ctes(query)); }

PlannedStmt *plan_write(Query *query, pg::FunctionRef<PlannedStmt *(Query *)> plan_rest) {
    // Planning changes the query.
    auto *original = static_cast<Query *>(copyObjectImpl(query));
    PlannedStmt *statement = nullptr;
    if (is_modify(query)) {
        const ModifyPlan modify = plan_modify(query);
        if (modify.plan) return pushed_statement(query, modify.plan, modify.depends_on_role);
        if (const char *obstacle = no_by_row(query)) refuse(query, modify.reason, obstacle);
        statement = plan_by_row(query, plan_rest);
    } else {
        statement = plan_rest(query);
        if (is_write(original)) statement->planTree = replacement(statement, statement->planTree, original);
    }
    replace_in_ctes(statement, written_ctes(original));
    return statement;
}

} // namespace cedro::planner
