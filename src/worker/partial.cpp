#include "worker/partial.hpp"

#include "pg/arena.hpp"
#include "pg/list.hpp"
#include "pg/walk.hpp"

namespace cedro::worker {

namespace {

Oid internal_function(const char *name) {
    const Oid argument = ANYOID;
    return LookupFuncName(list_make2(makeString(pstrdup("citus_internal")), makeString(pstrdup(name))), 1, &argument,
                          false);
}

// The aggregates of an Agg node that stand in markers, and whether there are others.
struct Marked {
    Oid marker;
    pg::Vector<FuncExpr *> calls;
    bool has_others = false;
};

bool collect(Node *node, void *argument) {
    if (node == nullptr) return false;
    auto *marked = static_cast<Marked *>(argument);
    if (IsA(node, FuncExpr) && reinterpret_cast<FuncExpr *>(node)->funcid == marked->marker) {
        auto *call = reinterpret_cast<FuncExpr *>(node);
        if (IsA(linitial(call->args), Aggref)) {
            marked->calls.push(call);
            return false;
        }
    }
    marked->has_others |= IsA(node, Aggref);
    return expression_tree_walker(node, pg::as_walker(collect), argument);
}

// PostgreSQL plans whole aggregates; a node that computes them alone, or puts
// the states of parallel workers together, stops short of the last step. The
// marker becomes the function that turns states into bytes: where this is not
// done it stays one that fails.
void take_states(Agg *agg, Marked &marked) {
    collect(reinterpret_cast<Node *>(agg->plan.targetlist), &marked);
    collect(reinterpret_cast<Node *>(agg->plan.qual), &marked);
    if (marked.calls.empty() || marked.has_others) return;
    const bool combines = DO_AGGSPLIT_COMBINE(agg->aggsplit);
    if (!combines && agg->aggsplit != AGGSPLIT_SIMPLE) return;
    const int split = AGGSPLIT_INITIAL_SERIAL | (combines ? AGGSPLITOP_COMBINE | AGGSPLITOP_DESERIALIZE : 0);
    agg->aggsplit = static_cast<AggSplit>(split);
    const Oid state = internal_function("state");
    for (FuncExpr *call : marked.calls) {
        auto *aggregate = linitial_node(Aggref, call->args);
        aggregate->aggsplit = agg->aggsplit;
        aggregate->aggtype = aggregate->aggtranstype == INTERNALOID ? BYTEAOID : aggregate->aggtranstype;
        call->funcid = state;
    }
}

void take_states_below(Plan *plan, Oid marker) {
    if (!plan) return;
    check_stack_depth();
    if (IsA(plan, Agg)) {
        Marked marked{marker, pg::Vector<FuncExpr *>()};
        take_states(reinterpret_cast<Agg *>(plan), marked);
        return;
    }
    const List *inputs = NIL;
    if (IsA(plan, Append)) inputs = reinterpret_cast<Append *>(plan)->appendplans;
    if (IsA(plan, MergeAppend)) inputs = reinterpret_cast<MergeAppend *>(plan)->mergeplans;
    if (IsA(plan, SubqueryScan)) take_states_below(reinterpret_cast<SubqueryScan *>(plan)->subplan, marker);
    for (Plan *input : pg::ListOf<Plan>(inputs)) take_states_below(input, marker);
    take_states_below(plan->lefttree, marker);
}

// Sub-selects too: a task may hand out a part of what it computes.
bool has_marker(Query *query, Oid *marker) {
    const auto has_sub_select = [](const Query *each) {
        for (const RangeTblEntry *entry : pg::ListOf<const RangeTblEntry>(each->rtable))
            if (entry->rtekind == RTE_SUBQUERY) return true;
        return false;
    };
    if (!query->hasAggs && !has_sub_select(query)) return false;
    return pg::any_node(reinterpret_cast<Node *>(query), [&](Node *node) {
        if (!IsA(node, FuncExpr)) return false;
        const auto *call = reinterpret_cast<const FuncExpr *>(node);
        if (call->funcid < FirstNormalObjectId || list_length(call->args) != 1 || !IsA(linitial(call->args), Aggref))
            return false;
        if (!OidIsValid(*marker)) *marker = internal_function("partial");
        return call->funcid == *marker;
    });
}

} // namespace

PlannedStmt *plan_bound(Query *query, const char *query_string, int cursor_options, ParamListInfo parameters) {
    Oid marker = InvalidOid;
    const bool is_partial = has_marker(query, &marker);
    PlannedStmt *plan = standard_planner(query, query_string, cursor_options, parameters);
    if (is_partial) take_states_below(plan->planTree, marker);
    return plan;
}

} // namespace cedro::worker
