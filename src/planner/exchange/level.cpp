#include "planner/exchange/level.hpp"

#include "cluster/node.hpp"
#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "planner/exchange/estimate.hpp"
#include "planner/exchange/join_moves.hpp"
#include "planner/surgery.hpp"

namespace cedro::planner {

namespace {

// More moves than any sensible statement needs.
constexpr int kMostMoves = 12;

// The sub-queries of FROM that groups cannot compute as they stand.
bool exchange_inside(Block &block, Query *query, Costs &costs) {
    bool is_changed = false;
    Relids relids = get_relids_in_jointree(reinterpret_cast<Node *>(query->jointree), false);
    for (int index = -1; (index = bms_next_member(relids, index)) >= 0;) {
        RangeTblEntry *entry = rt_fetch(index, query->rtable);
        if (entry->rtekind != RTE_SUBQUERY || entry->security_barrier) continue;
        if (analyse(block.run, entry->subquery, &block).is_pushable) continue;
        is_changed |= put_exchanges(block.run, entry->subquery, &block, costs);
    }
    return is_changed;
}

bool exchange_set_operation(Block &block, Query *query, Costs &costs) {
    bool is_changed = false;
    for (RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(query->rtable))
        if (entry->rtekind == RTE_SUBQUERY && entry->subquery)
            is_changed |= put_exchanges(block.run, entry->subquery, &block, costs);
    return is_changed;
}

bool exchange_ctes(Run &run, Query *query, Block *outer, Costs &costs) {
    bool is_changed = false;
    for (CommonTableExpr *cte : pg::ListOf<CommonTableExpr>(query->cteList)) {
        if (cte->cterecursive) continue;
        Block block{run, query, outer};
        if (analyse(run, castNode(Query, cte->ctequery), &block).is_pushable) continue;
        is_changed |= put_exchanges(run, castNode(Query, cte->ctequery), &block, costs);
    }
    run.ctes.clear();
    return is_changed;
}

// A sub-query in an expression of the level.
struct Link {
    SubLink *link;
    bool is_filter; // rows for which it is not true are dropped
};

bool collect_links(Node *node, void *argument) {
    if (node == nullptr || IsA(node, Query)) return false;
    if (IsA(node, SubLink)) static_cast<pg::Vector<Link> *>(argument)->push({reinterpret_cast<SubLink *>(node), false});
    return expression_tree_walker(node, pg::as_walker(collect_links), argument);
}

pg::Vector<Link> links_of(const Query *query, const List *conjuncts) {
    pg::Vector<Link> links;
    for (Node *each : pg::ListOf<Node>(conjuncts)) {
        if (IsA(each, SubLink))
            links.push({reinterpret_cast<SubLink *>(each), true});
        else
            collect_links(each, &links);
    }
    expression_tree_walker(reinterpret_cast<Node *>(query->targetList), pg::as_walker(collect_links), &links);
    return links;
}

bool is_accepted(Block &block, const Place &rows, const Link &link) {
    Place place = rows;
    return accept_expression(block, place, reinterpret_cast<Node *>(link.link), link.is_filter);
}

// Brings what a sub-query reads to the rows of the level around it.
bool exchange_link(Block &block, const Place &rows, const Link &link, Costs &costs) {
    Query *query = castNode(Query, link.link->subselect);
    block.rows = rows.locus;
    bool is_changed = put_exchanges(block.run, query, &block, costs);
    if (costs.failed || (is_changed && is_accepted(block, rows, link))) return is_changed;
    block.rows = rows.locus;
    Block inner{block.run, query, &block};
    const std::optional<Choice> choice = choose_sub_link_move(inner, query, link.link, rows, costs.only_hash);
    if (!choice) return is_changed;
    if (!is_changed) costs.pull += choice->pull;
    costs.exchange += choice->cost;
    if (!make_moves(inner, query, choice->moves)) costs.failed = true;
    return true;
}

bool exchange_links(Run &run, Query *query, Block *outer, Costs &costs) {
    Block block{run, query, outer};
    const JoinList list = analyse_join(block, reinterpret_cast<Node *>(query->jointree), NIL);
    if (list.units.size() != 1 || !list.units[0].is_pushable) return false;
    Place rows = list.units[0].place;
    rows.locus = filtered(rows.locus, classes_of(block, list.context));
    if (!rows.locus.is_spread()) return false;
    bool is_changed = false;
    for (const Link &link : links_of(query, list.conjuncts)) {
        if (is_accepted(block, rows, link)) continue;
        is_changed |= exchange_link(block, rows, link, costs);
        if (costs.failed) break;
    }
    return is_changed;
}

} // namespace

bool put_exchanges(Run &run, Query *query, Block *outer, Costs &costs) {
    check_stack_depth();
    if (query->commandType != CMD_SELECT || query->rowMarks) return false;
    bool is_changed = exchange_ctes(run, query, outer, costs);
    {
        Block block{run, query, outer};
        if (query->setOperations) return exchange_set_operation(block, query, costs) || is_changed;
        is_changed |= exchange_inside(block, query, costs);
    }
    bool is_first = true;
    for (int i = 0; i < kMostMoves; i++) {
        Block block{run, query, outer};
        const std::optional<Choice> choice = choose_move(block, query, costs.only_hash);
        if (!choice) break;
        if (is_first) costs.pull += choice->pull;
        is_first = false;
        costs.exchange += choice->cost;
        if (!make_moves(block, query, choice->moves)) costs.failed = true;
        if (costs.failed) return true;
        is_changed = true;
    }
    return exchange_links(run, query, outer, costs) || is_changed;
}

} // namespace cedro::planner
