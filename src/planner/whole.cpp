#include "planner/whole.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "planner/fragment_path.hpp"
#include "planner/surgery.hpp"

namespace cedro::planner {

namespace {

constexpr int kRemote = 1; // the fragment's place in the range table

// Stands for the fragment's rows where EXPLAIN looks for names of columns.
RangeTblEntry *remote_entry(const Query *query) {
    List *names = NIL;
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(query->targetList))
        if (!target->resjunk)
            names = lappend(names, makeString(pstrdup(target->resname ? target->resname : "?column?")));
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_SUBQUERY;
    entry->eref = makeAlias("remote", names);
    entry->inFromCl = true;
    return entry;
}

Plan *scan_of(const Query *query, const Push &push) {
    List *tuple = NIL;
    List *target = NIL;
    for (TargetEntry *each : pg::ListOf<TargetEntry>(query->targetList)) {
        if (each->resjunk) continue;
        Var *column = makeVarFromTargetEntry(kRemote, each);
        tuple = lappend(tuple, makeTargetEntry(reinterpret_cast<Expr *>(column), each->resno, nullptr, false));
        auto *output = static_cast<TargetEntry *>(palloc(sizeof(TargetEntry)));
        *output = *each; // keeps name and origin, which clients are told
        output->ressortgroupref = 0;
        Var *value = redirected(column, INDEX_VAR, each->resno);
        output->expr = reinterpret_cast<Expr *>(value);
        target = lappend(target, output);
    }
    return &make_scan(push.fragment, push.values, tuple, target, NIL, 0, NIL)->scan.plan;
}

} // namespace

List *privilege_entries(const Query *query) {
    List *entries = NIL;
    pg::any_node(
        reinterpret_cast<Node *>(const_cast<Query *>(query)),
        [&](Node *node) {
            if (!IsA(node, RangeTblEntry)) return false;
            const auto *entry = reinterpret_cast<RangeTblEntry *>(node);
            if (entry->rtekind == RTE_RELATION) entries = lappend(entries, privilege_entry(entry));
            return false;
        },
        QTW_EXAMINE_RTES_BEFORE);
    return entries;
}

PlannedStmt *plan_whole(const Query *query, const Push &push, int cursor_options) {
    Plan *scan = scan_of(query, push);
    scan->startup_cost = kTaskCost;
    scan->total_cost = kTaskCost;
    scan->plan_rows = 1;
    if (cursor_options & CURSOR_OPT_SCROLL)
        scan = materialize_finished_plan(scan);
    else if (!query->rowMarks)
        make_scrollable(scan, cursor_options);

    auto *plan = makeNode(PlannedStmt);
    plan->commandType = query->commandType;
    plan->queryId = query->queryId;
    plan->canSetTag = query->canSetTag;
    plan->dependsOnRole = query->hasRowSecurity || push.depends_on_role;
    plan->planTree = scan;
    plan->rtable = lcons(remote_entry(query), privilege_entries(query));
    for (const RangeTblEntry *entry : pg::ListOf<const RangeTblEntry>(plan->rtable))
        if (entry->rtekind == RTE_RELATION) plan->relationOids = lappend_oid(plan->relationOids, entry->relid);
    plan->stmt_location = query->stmt_location;
    plan->stmt_len = query->stmt_len;
    return plan;
}

} // namespace cedro::planner
