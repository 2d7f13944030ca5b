#include "planner/push.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "plan/exchange.hpp"
#include "planner/normalise.hpp"
#include "planner/pushable.hpp"
#include "planner/row_bound.hpp"
#include "planner/steps.hpp"

namespace cedro::planner {

namespace {

List *key_outputs(const Locus &locus) {
    List *outputs = NIL;
    if (locus.kind != LocusKind::Part) return outputs;
    for (int i = 0; i < kMaximumColumns; i++)
        if (locus.strong & (ColumnSet{1} << i)) outputs = lappend_int(outputs, i + 1);
    return outputs;
}

bool locks_rows(Query *query) {
    return pg::any_node(reinterpret_cast<Node *>(query), [](Node *node) {
        return IsA(node, Query) && reinterpret_cast<Query *>(node)->rowMarks != NIL;
    });
}

// MERGE joins its target to the source only when it is planned.
Node *merge_join(const Query *query) {
    bool inserts = false;
    for (const MergeAction *action : pg::ListOf<const MergeAction>(query->mergeActionList))
        inserts |= !action->matched && action->commandType != CMD_NOTHING;
    auto *target = makeNode(RangeTblRef);
    target->rtindex = query->resultRelation;
    auto *join = makeNode(JoinExpr);
    join->jointype = inserts ? JOIN_LEFT : JOIN_INNER;
    join->larg = reinterpret_cast<Node *>(makeFromExpr(query->jointree->fromlist, nullptr));
    join->rarg = reinterpret_cast<Node *>(target);
    join->quals = query->jointree->quals;
    return reinterpret_cast<Node *>(join);
}

bool accept_actions(Block &block, Place &place) {
    for (const MergeAction *action : pg::ListOf<const MergeAction>(block.query->mergeActionList)) {
        if (!accept_expression(block, place, action->qual, false)) return false;
        if (!accept_expression(block, place, reinterpret_cast<const Node *>(action->targetList), false)) return false;
    }
    return true;
}

// An UPDATE, DELETE or MERGE changes the rows of its target where they are.
std::optional<Place> write_place(Run &run, const Query *query) {
    Block block{run, query, nullptr};
    if (query->hasModifyingCTE || query->utilityStmt) {
        refuse(run, "a statement in WITH writes");
        return std::nullopt;
    }
    Node *from = query->commandType == CMD_MERGE ? merge_join(query) : reinterpret_cast<Node *>(query->jointree);
    std::optional<Place> place = whole_of(block, analyse_join(block, from, NIL));
    if (!place) return std::nullopt;
    if (!accept_expression(block, *place, reinterpret_cast<const Node *>(query->targetList), false) ||
        !accept_expression(block, *place, reinterpret_cast<const Node *>(query->returningList), false) ||
        !accept_actions(block, *place))
        return std::nullopt;
    for (const CommonTableExpr *cte : pg::ListOf<const CommonTableExpr>(query->cteList)) {
        const Verdict verdict = analyse(run, castNode(Query, cte->ctequery), &block);
        if (!verdict.is_pushable) return std::nullopt;
    }
    const table::Table *target = table::find(rt_fetch(query->resultRelation, query->rtable)->relid);
    if (target && target->is_reference() && place->locus.kind == LocusKind::Part) {
        refuse(run, "a reference table is changed by rows of a distributed table");
        return std::nullopt;
    }
    place->locus.strong = place->locus.weak = 0;
    return place;
}

std::optional<Place> statement_place(Run &run, const Query *query) {
    switch (query->commandType) {
    case CMD_SELECT: {
        if (!travel(query->targetList)) {
            refuse(run, "its rows hold rows of no declared type");
            return std::nullopt;
        }
        const Verdict verdict = analyse(run, query, nullptr);
        if (!verdict.is_pushable) return std::nullopt;
        return verdict.place;
    }
    case CMD_UPDATE:
    case CMD_DELETE:
    case CMD_MERGE: return write_place(run, query);
    default: refuse(run, "it is not a SELECT, UPDATE, DELETE or MERGE"); return std::nullopt;
    }
}

void take_values(plan::Fragment *fragment, List **found) {
    fragment->query = reinterpret_cast<Query *>(with_parameters(reinterpret_cast<Node *>(fragment->query), found));
    fragment->pruning = reinterpret_cast<List *>(with_parameters(reinterpret_cast<Node *>(fragment->pruning), found));
    for (plan::Exchange *each : pg::ListOf<plan::Exchange>(fragment->exchanges)) take_values(each->producer, found);
}

} // namespace

plan::Fragment *fragment_at(Query *query, const Place &place) {
    plan::Fragment *fragment = plan::make_fragment(query);
    fragment->tables = list_copy(place.tables);
    fragment->layouts = list_copy(place.layouts);
    for (int i = 0; i < list_length(place.layouts); i++) {
        const table::Table &table = table::get(list_nth_oid(place.layouts, i));
        fragment->pruning =
            lappend(fragment->pruning, pruning_for(table, static_cast<Node *>(list_nth(place.pruning, i))));
    }
    fragment->keys = key_outputs(place.locus);
    fragment->exchanges = plan::number_exchanges(query);
    fragment->role = place.role;
    fragment->is_single = !place.locus.is_spread();
    fragment->locks_rows = locks_rows(query);
    fragment->is_volatile = place.locus.is_volatile;
    fragment->is_small = returns_few_rows(query);
    return fragment;
}

List *take_values(plan::Fragment *fragment) {
    List *found = NIL;
    take_values(fragment, &found);
    List *values = NIL;
    for (Expr *value : pg::ListOf<Expr>(found)) values = lappend(values, expression_planner(value));
    return values;
}

Push push_whole(const Query *query) {
    Run run;
    run.is_write = query->commandType != CMD_SELECT;
    auto *copy = static_cast<Query *>(copyObjectImpl(query));
    normalise(copy);
    const std::optional<Place> place = statement_place(run, copy);
    if (!place) return {nullptr, NIL, run.reason ? run.reason : "it cannot be computed by each shard group", false};
    plan::Fragment *fragment = fragment_at(copy, *place);
    List *values = take_values(fragment);
    if (query->commandType == CMD_SELECT) take_constants(fragment->query, &values);
    return {fragment, values, nullptr, run.depends_on_role};
}

} // namespace cedro::planner
