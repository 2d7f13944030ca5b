#include "planner/modify.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "plan/modify.hpp"
#include "plan/statement.hpp"
#include "planner/modify_checks.hpp"
#include "planner/push.hpp"
#include "planner/pushable.hpp"
#include "table/table.hpp"

namespace cedro::planner {

namespace {

// Copies of a row must get the same values.
bool would_differ(Oid target, const Query *kept) {
    return table::get(target).replication_factor() > 1 && is_volatile(reinterpret_cast<const Node *>(kept));
}

// The text names views too; tables were judged where their rows are.
bool names_what_nodes_lack(const Query *kept) {
    return pg::any_node(
        reinterpret_cast<Node *>(const_cast<Query *>(kept)),
        [](Node *node) {
            if (!IsA(node, RangeTblEntry)) return false;
            const auto *entry = reinterpret_cast<RangeTblEntry *>(node);
            return entry->rtekind == RTE_RELATION && !table::is_shell(entry->relid) &&
                   !exists_everywhere(RelationRelationId, entry->relid);
        },
        QTW_EXAMINE_RTES_BEFORE);
}

// An oid of a table means something on one node only.
bool returns_tableoid(const Query *query) {
    return pg::any_node(reinterpret_cast<Node *>(query->returningList), [](Node *node) {
        return IsA(node, Var) && reinterpret_cast<const Var *>(node)->varattno == TableOidAttributeNumber;
    });
}

// The rows that RETURNING gives, as scan tuple: targets, and Vars that read them.
void return_rows(CustomScan *scan, const Query *query) {
    for (TargetEntry *entry : pg::ListOf<TargetEntry>(query->returningList)) {
        if (entry->resjunk) continue;
        auto *value = reinterpret_cast<Node *>(entry->expr);
        const auto position = static_cast<AttrNumber>(list_length(scan->custom_scan_tlist) + 1);
        // What the nodes compute is of this type; the expression itself means nothing here.
        auto *place = makeNullConst(exprType(value), exprTypmod(value), exprCollation(value));
        scan->custom_scan_tlist = lappend(
            scan->custom_scan_tlist, makeTargetEntry(reinterpret_cast<Expr *>(place), position, entry->resname, false));
        auto *column = makeVar(INDEX_VAR, position, exprType(value), exprTypmod(value), exprCollation(value), 0);
        auto *target = static_cast<TargetEntry *>(copyObjectImpl(entry));
        target->expr = reinterpret_cast<Expr *>(column);
        target->resno = position;
        scan->scan.plan.targetlist = lappend(scan->scan.plan.targetlist, target);
    }
}

// SET column = DEFAULT: the rewriter has found what that is; the value is computed once, here.
const Query *with_defaults(const Query *query, const Query *kept) {
    if (query->commandType != CMD_UPDATE ||
        rt_fetch(kept->resultRelation, kept->rtable)->relid != rt_fetch(query->resultRelation, query->rtable)->relid)
        return kept;
    auto *copy = static_cast<Query *>(copyObjectImpl(kept));
    for (TargetEntry *entry : pg::ListOf<TargetEntry>(copy->targetList)) {
        if (!entry->expr || !IsA(entry->expr, SetToDefault)) continue;
        for (const TargetEntry *rewritten : pg::ListOf<const TargetEntry>(query->targetList))
            if (!rewritten->resjunk && rewritten->resno == entry->resno)
                entry->expr = static_cast<Expr *>(copyObjectImpl(rewritten->expr));
    }
    return copy;
}

} // namespace

ModifyPlan plan_modify(const Query *query) {
    if (may_move_rows(query) || may_leave_shard(query)) return {nullptr, false, "it may move rows to other shards"};
    if (returns_tableoid(query)) return {nullptr, false, "it returns tableoid"};
    const Query *kept = statement_text(query);
    if (!kept) return {nullptr, false, "its text is not known"};
    const Oid target = rt_fetch(query->resultRelation, query->rtable)->relid;
    if (names_what_nodes_lack(kept)) return {nullptr, false, "it names a view that other nodes lack"};
    kept = with_defaults(query, kept);
    if (would_differ(target, kept))
        return {nullptr, false, "it calls volatile functions, and rows have several copies"};
    Push push = push_whole(query);
    if (!push.fragment) return {nullptr, false, push.reason};
    if (!is_pushable(reinterpret_cast<const Node *>(kept)))
        return {nullptr, false, "it calls functions that other nodes lack, or that only mean something on this node"};

    plan::Modify *modify = plan::make_modify();
    modify->is_volatile = is_volatile(reinterpret_cast<const Node *>(kept));
    // Its Params stand for the same values as the fragment's, and for some more.
    List *values = push.values;
    const int known = list_length(values);
    modify->statement = reinterpret_cast<Query *>(with_parameters(reinterpret_cast<const Node *>(kept), &values));
    for (int i = known; i < list_length(values); i++)
        list_nth_cell(values, i)->ptr_value = expression_planner(static_cast<Expr *>(list_nth(values, i)));
    take_constants(modify->statement, &values);
    modify->fragment = push.fragment;
    modify->target = target;
    modify->returns_rows = query->returningList != NIL;
    modify->sets_tag = query->canSetTag;

    auto *scan = makeNode(CustomScan);
    return_rows(scan, query);
    scan->custom_exprs = values;
    scan->custom_private = list_make1(modify);
    scan->methods = GetCustomScanMethods(plan::kModifyScan, false);
    return {&scan->scan.plan, push.depends_on_role, nullptr};
}

} // namespace cedro::planner
