#include "planner/write.hpp"

#include "pg/list.hpp"
#include "planner/by_row.hpp"
#include "planner/conflict.hpp"
#include "planner/insert.hpp"
#include "planner/modify.hpp"
#include "planner/modify_checks.hpp"
#include "planner/pushed_statement.hpp"
#include "planner/upsert.hpp"
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

// The statement as a SELECT that changes rows one by one.
Query *by_row(const Query *query, const char *reason) {
    if (const char *obstacle = no_by_row(query)) refuse(query, reason, obstacle);
    return change_by_row(query);
}

// Why the shards cannot execute the ON CONFLICT clause of an INSERT; nullptr when they can or there is none.
const char *conflict_obstacle(const Query *query) {
    if (!is_write(query) || query->commandType != CMD_INSERT || !query->onConflict) return nullptr;
    return no_conflict_text(query, rt_fetch(query->resultRelation, query->rtable)->relid);
}

// An INSERT … ON CONFLICT as a SELECT that changes rows one by one.
Query *conflict_by_row(const Query *query, const char *reason) {
    const bool does_update = query->onConflict->action == ONCONFLICT_UPDATE;
    const char *obstacle = does_update ? no_upsert_as_merge(query) : "DO NOTHING";
    if (obstacle) refuse(query, reason, obstacle);
    return upsert_by_row(query);
}

// A write in WITH whose ModifyTable another plan will replace.
struct Replacement {
    const Query *query; // a copy: planning changes it
    Plan *plan;         // nullptr: of an INSERT, made from the ModifyTable; or the target is no shell
};

// What becomes of the WITH queries that write, in their order; those to be changed by row become SELECTs.
pg::Vector<Replacement> prepare_ctes(Query *query, bool *depends_on_role) {
    pg::Vector<Replacement> replacements;
    for (CommonTableExpr *cte : pg::ListOf<CommonTableExpr>(query->cteList)) {
        auto *inner = castNode(Query, cte->ctequery);
        if (inner->commandType == CMD_SELECT) continue;
        auto *copy = static_cast<Query *>(copyObjectImpl(inner));
        ModifyPlan modify{nullptr, false, conflict_obstacle(inner)};
        if (is_modify(inner)) modify = plan_modify(inner);
        *depends_on_role |= modify.depends_on_role;
        if (!modify.reason) {
            replacements.push({copy, modify.plan});
            continue;
        }
        Query *select = is_modify(inner) ? by_row(inner, modify.reason) : conflict_by_row(inner, modify.reason);
        cte->ctequery = reinterpret_cast<Node *>(select);
        // Executed once, whether it is read or not.
        cte->ctematerialized = CTEMaterializeAlways;
        cte->cterefcount = std::max(cte->cterefcount, 1);
    }
    return replacements;
}

Plan *replacement(PlannedStmt *statement, Plan *plan, const Replacement &by) {
    if (!is_write(by.query)) return plan;
    if (!by.plan) return plan_insert(statement, castNode(ModifyTable, plan), by.query);
    by.plan->plan_node_id = plan->plan_node_id;
    by.plan->plan_rows = plan->plan_rows;
    by.plan->plan_width = plan->plan_width;
    return by.plan;
}

// The WITH queries that write appear among the sub-plans in their order, as ModifyTable.
void replace_in_ctes(PlannedStmt *statement, std::span<const Replacement> replacements) {
    size_t next = 0;
    ListCell *cell;
    foreach (cell, statement->subplans) {
        auto *plan = static_cast<Plan *>(lfirst(cell));
        if (!plan || !IsA(plan, ModifyTable)) continue;
        if (next >= replacements.size())
            ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a plan writes more than its statement")));
        lfirst(cell) = replacement(statement, plan, replacements[next++]);
    }
}

// A plan that changes rows, made of a SELECT.
PlannedStmt *plan_by_row(const Query *query, Query *select, pg::FunctionRef<PlannedStmt *(Query *)> plan_rest) {
    PlannedStmt *statement = plan_rest(select);
    statement->commandType = query->commandType;
    statement->hasReturning = query->returningList != NIL;
    return statement;
}

} // namespace

bool writes_to_shell(const Query *query) { return is_write(query) || has_written_shells(written_ctes(query)); }

PlannedStmt *plan_write(Query *query, pg::FunctionRef<PlannedStmt *(Query *)> plan_rest) {
    const char *obstacle = conflict_obstacle(query);
    if (is_modify(query)) {
        const ModifyPlan modify = plan_modify(query);
        if (modify.plan) return pushed_statement(query, modify.plan, modify.depends_on_role);
        obstacle = modify.reason;
    }
    bool depends_on_role = false;
    const pg::Vector<Replacement> replacements = prepare_ctes(query, &depends_on_role);
    // Planning changes the query.
    auto *original = static_cast<Query *>(copyObjectImpl(query));
    PlannedStmt *statement;
    if (obstacle) {
        Query *select = is_modify(query) ? by_row(query, obstacle) : conflict_by_row(query, obstacle);
        statement = plan_by_row(original, select, plan_rest);
    } else {
        statement = plan_rest(query);
        if (is_write(original))
            statement->planTree = plan_insert(statement, castNode(ModifyTable, statement->planTree), original);
    }
    replace_in_ctes(statement, replacements);
    statement->dependsOnRole |= depends_on_role;
    return statement;
}

} // namespace cedro::planner
