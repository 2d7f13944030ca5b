#include "planner/extract.hpp"

#include "pg/list.hpp"
#include "plan/row_change.hpp"
#include "planner/analysis.hpp"
#include "planner/enclose.hpp"
#include "planner/moving.hpp"
#include "planner/pushable.hpp"
#include "planner/rules.hpp"
#include "planner/steps.hpp"

namespace cedro::planner {

namespace {

bool is_single_entry(const Unit &unit) {
    return list_length(unit.nodes) == 1 && IsA(linitial(unit.nodes), RangeTblRef);
}

// A table alone is read by the floor, a sub-select alone becomes a fragment as it stands.
bool is_worth_moving(const Moving &moving, const Unit &unit) {
    return !is_single_entry(unit) && may(Rule::Joins) && is_movable(moving, unit);
}

// A sub-select that groups compute as it stands.
void mark_entry(Moving &moving, int index) {
    Query *query = moving.query;
    RangeTblEntry *entry = rt_fetch(index, query->rtable);
    if (entry->rtekind != RTE_SUBQUERY || entry->security_barrier || plan::fragment_of(entry) ||
        plan::row_change_of(entry))
        return;
    if (entry->subquery->sortClause || keeps_order_of_sub_select(entry->subquery)) return;
    if (reads_ctes_of(query, index)) return;
    if (!bms_is_empty(lateral_references(query, index))) return;
    if (!travel(entry->subquery->targetList) || !may(Rule::SubSelects)) return;
    const Verdict verdict = analyse(moving.block.run, entry->subquery, nullptr);
    if (!verdict.is_pushable || verdict.place.tables == NIL) return;
    mark_fragment(query, entry, verdict.place);
}

Node *extract_from(Moving &moving, Node *node, List *context);

Node *extract_item(Moving &moving, Node *item, List *context) {
    if (IsA(item, RangeTblRef)) {
        mark_entry(moving, reinterpret_cast<RangeTblRef *>(item)->rtindex);
        return item;
    }
    auto *join = castNode(JoinExpr, item);
    const OuterJoin sides = read_outer_join(join, context);
    const bool is_swapped = sides.left != join->larg;
    Node *left = extract_from(moving, sides.left, sides.left_context);
    Node *right = extract_from(moving, sides.right, sides.right_context);
    join->larg = is_swapped ? right : left;
    join->rarg = is_swapped ? left : right;
    return item;
}

// What takes the place of a node of the join tree.
Node *extract_from(Moving &moving, Node *node, List *context) {
    JoinList list = analyse_join(moving.block, node, context);
    List *items = NIL;
    List *conjuncts = list_copy(list.conjuncts);
    for (Unit &unit : list.units) {
        if (is_worth_moving(moving, unit)) {
            items = lappend(items, move(moving, unit, &conjuncts, nullptr));
            continue;
        }
        for (Node *item : pg::ListOf<Node>(unit.nodes))
            items = lappend(items, extract_item(moving, item, list.context));
    }
    if (!IsA(node, FromExpr) && list_length(items) == 1 && conjuncts == NIL)
        return static_cast<Node *>(linitial(items));
    Node *quals = conjuncts ? reinterpret_cast<Node *>(make_ands_explicit(conjuncts)) : nullptr;
    return reinterpret_cast<Node *>(makeFromExpr(items, quals));
}

} // namespace

void extract_fragments(Run &run, Query *query) {
    Block block{run, query, nullptr};
    Moving moving = start_moving(block, query);
    Node *from = extract_from(moving, reinterpret_cast<Node *>(query->jointree), NIL);
    query->jointree = castNode(FromExpr, from);
    if (!moving.parts.empty()) finish_moving(moving);
}

} // namespace cedro::planner
