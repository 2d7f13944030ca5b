// Whether groups can evaluate the expressions of a query level.
#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "planner/analysis.hpp"
#include "planner/pushable.hpp"

namespace cedro::planner {

namespace {

// Sub-links of this level, not those inside their sub-queries.
bool collect_sub_links(Node *node, void *argument) {
    if (node == nullptr || IsA(node, Query)) return false;
    if (IsA(node, SubLink)) {
        auto *links = static_cast<pg::Vector<const SubLink *> *>(argument);
        links->push(reinterpret_cast<SubLink *>(node));
        return collect_sub_links(reinterpret_cast<SubLink *>(node)->testexpr, argument);
    }
    return expression_tree_walker(node, pg::as_walker(collect_sub_links), argument);
}

// x IN (SELECT y …) as a filter is a semi-join: local to a group when both are keys of it.
bool is_key_semi_join(Block &block, const Place &rows, const SubLink *link, const Verdict &inner) {
    if (link->subLinkType != ANY_SUBLINK || rows.locus.layout != inner.place.locus.layout) return false;
    if (rows.locus.kind == LocusKind::Const || rows.locus.kind == LocusKind::Everywhere) return false;
    for (const Node *each : pg::ListOf<const Node>(make_ands_implicit(reinterpret_cast<Expr *>(link->testexpr)))) {
        if (!IsA(each, OpExpr)) continue;
        const auto *equality = reinterpret_cast<const OpExpr *>(each);
        const Node *left = bare(static_cast<const Node *>(linitial(equality->args)));
        const Node *right = bare(static_cast<const Node *>(lsecond(equality->args)));
        if (!IsA(right, Param) || reinterpret_cast<const Param *>(right)->paramkind != PARAM_SUBLINK) continue;
        const int output = reinterpret_cast<const Param *>(right)->paramid;
        if (output < 1 || output > kMaximumColumns) continue;
        const bool is_inner_key = (inner.place.locus.keys() & (ColumnSet{1} << (output - 1))) != 0;
        if (is_inner_key && (known_set_of(block, left) & rows.locus.keys()) &&
            is_hash_equality(equality->opno, equality->inputcollid, left, right))
            return true;
    }
    return false;
}

bool accept_sub_link(Block &block, Place &rows, const SubLink *link, bool is_filter) {
    const Verdict inner = analyse(block.run, castNode(Query, link->subselect), &block);
    if (!inner.is_pushable) return false;
    if (is_filter && inner.place.locus.kind == LocusKind::Part && is_key_semi_join(block, rows, link, inner)) {
        Place same_group = inner.place;
        same_group.locus = Locus{LocusKind::Bound};
        same_group.layouts = same_group.pruning = NIL;
        return absorb(block.run, rows, same_group);
    }
    Place place = inner.place;
    // Evaluated anew for each row, it is free to answer otherwise.
    if (contain_vars_of_level(link->subselect, 1)) place.locus.is_volatile = false;
    if (absorb(block.run, rows, place)) return true;
    refuse(block.run, "a sub-query is not restricted to the shard group of the rows around it");
    return false;
}

struct OutsideSearch {
    int depth; // of the query level at hand below the fragment's outermost one
};

bool find_outside(Node *node, void *argument) {
    if (node == nullptr) return false;
    auto *search = static_cast<OutsideSearch *>(argument);
    if (IsA(node, Var)) return static_cast<int>(reinterpret_cast<Var *>(node)->varlevelsup) > search->depth;
    if (IsA(node, Aggref) && static_cast<int>(reinterpret_cast<Aggref *>(node)->agglevelsup) > search->depth)
        return true;
    if (!IsA(node, Query)) return expression_tree_walker(node, pg::as_walker(find_outside), argument);
    search->depth++;
    const bool found = query_tree_walker(reinterpret_cast<Query *>(node), pg::as_walker(find_outside), argument, 0);
    search->depth--;
    return found;
}

} // namespace

bool reads_outside(const Block &block, const Node *expression) {
    OutsideSearch search{0};
    for (const Block *outer = block.outer; outer; outer = outer->outer) search.depth++;
    return find_outside(const_cast<Node *>(expression), &search);
}

bool accept_expression(Block &block, Place &rows, const Node *expression, bool is_filter) {
    if (!expression) return true;
    if (!is_pushable(expression) || reads_outside(block, expression)) {
        refuse(block.run, "an expression must be evaluated on this node");
        return false;
    }
    if (block.query->commandType == CMD_SELECT && has_assignment(expression)) {
        refuse(block.run, "an assignment to a part of a value is computed on this node");
        return false;
    }
    rows.has_code |= has_code(expression);
    rows.locus.is_volatile |= is_volatile(expression);
    Place nothing;
    if (!absorb(block.run, rows, nothing)) return false;

    pg::Vector<const SubLink *> links;
    collect_sub_links(const_cast<Node *>(expression), &links);
    const Locus saved = block.rows;
    for (const SubLink *link : links) {
        block.rows = rows.locus;
        const bool is_whole_filter = is_filter && reinterpret_cast<const Node *>(link) == expression;
        const bool is_good = accept_sub_link(block, rows, link, is_whole_filter);
        block.rows = saved;
        if (!is_good) return false;
    }
    return true;
}

} // namespace cedro::planner
