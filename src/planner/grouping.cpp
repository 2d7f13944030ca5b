#include "planner/grouping.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "planner/aggregate.hpp"
#include "planner/analysis.hpp"
#include "planner/enclose.hpp"
#include "planner/push.hpp"
#include "planner/pushable.hpp"
#include "planner/rules.hpp"
#include "planner/surgery.hpp"

namespace cedro::planner {

namespace {

constexpr int kFragment = 1; // its place in the range table of the new query

// The query that groups run, under construction.
struct Inner {
    Block &block;
    Place place;
    bool is_complete;
    List *targets = NIL;       // TargetEntry
    List *groups = NIL;        // expressions that are grouped by, in order of their targets
    List *group_clauses = NIL; // of the inner query
    // The inner query groups by more than the outer one: what it counts as
    // distinct could be counted again in another of its rows.
    bool is_finer = false;
    bool takes_states = false; // aggregates give their transition states, not parts of results
    bool failed = false;
};

Node *column_of(const TargetEntry *target) {
    return reinterpret_cast<Node *>(makeVarFromTargetEntry(kFragment, const_cast<TargetEntry *>(target)));
}

TargetEntry *target_of(const Inner &inner, const Node *expression) {
    for (TargetEntry *target : pg::ListOf<TargetEntry>(inner.targets))
        if (equal(target->expr, expression)) return target;
    return nullptr;
}

// Adds a column that a task computes of `expression`: itself, or something made of it.
TargetEntry *add_target(Inner &inner, const Node *expression, Node *made_of_it = nullptr) {
    const Node *column = made_of_it ? made_of_it : expression;
    if (TargetEntry *known = target_of(inner, column)) return known;
    const auto position = static_cast<AttrNumber>(list_length(inner.targets) + 1);
    auto *copy = static_cast<Expr *>(copyObjectImpl(column));
    TargetEntry *target = makeTargetEntry(copy, position, psprintf("c%d", position), false);
    inner.targets = lappend(inner.targets, target);
    if (!travels(column) || !accept_expression(inner.block, inner.place, expression, false)) inner.failed = true;
    return target;
}

// A column that hangs on the grouped ones (through a primary key) becomes one of them.
TargetEntry *add_dependent(Inner &inner, const Node *column) {
    TargetEntry *target = add_target(inner, column);
    if (inner.is_complete || target->ressortgroupref) return target;
    auto *clause = makeNode(SortGroupClause);
    get_sort_group_operators(exprType(column), false, true, false, &clause->sortop, &clause->eqop, nullptr,
                             &clause->hashable);
    clause->tleSortGroupRef = assignSortGroupRef(target, inner.targets);
    inner.group_clauses = lappend(inner.group_clauses, clause);
    return target;
}

// agg(DISTINCT x): groups drop what is the same in one of them, this node the rest.
Node *distinct_aggregate(Inner &inner, const Aggref *aggregate) {
    if (!aggregate->aggdistinct || aggregate->aggfilter || aggregate->aggdirectargs) return nullptr;
    inner.is_finer = true;
    auto *again = static_cast<Aggref *>(copyObjectImpl(aggregate));
    for (TargetEntry *argument : pg::ListOf<TargetEntry>(again->args)) {
        if (IsA(argument->expr, Const)) continue;
        Node *column = column_of(add_dependent(inner, reinterpret_cast<Node *>(argument->expr)));
        argument->expr = reinterpret_cast<Expr *>(column);
    }
    return reinterpret_cast<Node *>(again);
}

Node *outer_aggregate(Inner &inner, const Aggref *aggregate) {
    if (inner.is_complete) return column_of(add_target(inner, reinterpret_cast<const Node *>(aggregate)));
    if (inner.takes_states && has_state(aggregate)) {
        const auto *expression = reinterpret_cast<const Node *>(aggregate);
        return combined_states(aggregate, column_of(add_target(inner, expression, state_of(aggregate))));
    }
    bool is_by_group = false;
    if (list_length(aggregate->args) == 1 && !inner.is_finer) {
        const auto *argument = linitial_node(TargetEntry, aggregate->args);
        is_by_group = (known_set_of(inner.block, bare(reinterpret_cast<const Node *>(argument->expr))) &
                       inner.place.locus.strong) != 0;
    }
    std::optional<AggregateParts> parts;
    if (!inner.takes_states) parts = parts_of(aggregate, is_by_group);
    if (!parts) {
        if (Node *distinct = distinct_aggregate(inner, aggregate)) return distinct;
        inner.failed = true;
        return makeBoolConst(false, true);
    }
    Node *first = column_of(add_target(inner, reinterpret_cast<const Node *>(parts->first)));
    Node *second =
        parts->second ? column_of(add_target(inner, reinterpret_cast<const Node *>(parts->second))) : nullptr;
    return combined(aggregate, first, second);
}

bool reads_around(SubLink *link) {
    return contain_vars_of_level(link->subselect, 1) || contain_aggs_of_level(link->subselect, 1);
}

// An expression over groups as one over the fragment's columns.
Node *outer_expression(Inner &inner, Node *expression);

Node *outer_node(Inner &inner, Node *node) {
    if (list_member(inner.groups, node)) return column_of(target_of(inner, node));
    switch (nodeTag(node)) {
    case T_Aggref:
        if (reinterpret_cast<Aggref *>(node)->agglevelsup > 0) return nullptr;
        return outer_aggregate(inner, reinterpret_cast<Aggref *>(node));
    case T_GroupingFunc: return inner.is_complete ? column_of(add_target(inner, node)) : nullptr;
    case T_Var:
        if (reinterpret_cast<Var *>(node)->varlevelsup > 0) return nullptr;
        return column_of(add_dependent(inner, node));
    case T_SubLink: {
        auto *link = static_cast<SubLink *>(copyObjectImpl(node));
        if (reads_around(link)) inner.failed = true;
        link->testexpr = outer_expression(inner, link->testexpr);
        return reinterpret_cast<Node *>(link);
    }
    default: return nullptr;
    }
}

Node *outer_expression(Inner &inner, Node *expression) {
    return pg::replaced(expression, [&](Node *node) { return outer_node(inner, node); });
}

template <typename T>
T *outer_tree(Inner &inner, T *tree) {
    return reinterpret_cast<T *>(outer_expression(inner, reinterpret_cast<Node *>(tree)));
}

void add_groups(Inner &inner, const Query *query) {
    for (const SortGroupClause *clause : pg::ListOf<const SortGroupClause>(query->groupClause)) {
        Node *expression = get_sortgroupclause_expr(const_cast<SortGroupClause *>(clause), query->targetList);
        if (target_of(inner, expression)) continue; // GROUP BY a, a
        TargetEntry *target = add_target(inner, expression);
        target->ressortgroupref = clause->tleSortGroupRef;
        inner.groups = lappend(inner.groups, expression);
        inner.group_clauses = lappend(inner.group_clauses, copyObjectImpl(clause));
    }
}

Query *inner_query(const Inner &inner, const Query *query) {
    auto *result = makeNode(Query);
    result->commandType = CMD_SELECT;
    result->canSetTag = true;
    result->rtable = static_cast<List *>(copyObjectImpl(query->rtable));
    result->jointree = static_cast<FromExpr *>(copyObjectImpl(query->jointree));
    result->cteList = static_cast<List *>(copyObjectImpl(query->cteList));
    result->hasRecursive = query->hasRecursive;
    result->hasSubLinks = query->hasSubLinks;
    result->hasAggs = query->hasAggs;
    result->hasRowSecurity = query->hasRowSecurity;
    result->targetList = inner.targets;
    result->groupClause = inner.group_clauses;
    if (inner.is_complete) {
        result->groupingSets = query->groupingSets;
        result->groupDistinct = query->groupDistinct;
        result->havingQual = query->havingQual;
    }
    return result;
}

// What is left to do with the groups' results.
void become_outer(Inner &inner, Query *query, plan::Fragment *fragment) {
    auto *outer = static_cast<Query *>(palloc(sizeof(Query)));
    *outer = *query;
    outer->targetList = outer_tree(inner, query->targetList);
    outer->windowClause = outer_tree(inner, query->windowClause);
    outer->havingQual = inner.is_complete ? nullptr : outer_tree(inner, query->havingQual);
    outer->rtable = NIL;
    outer->cteList = NIL;
    outer->hasRecursive = false;
    if (inner.is_complete) {
        outer->groupClause = outer->groupingSets = NIL;
        outer->hasAggs = false;
    }
    auto *reference = makeNode(RangeTblRef);
    reference->rtindex = add_fragment(outer, fragment);
    outer->jointree = makeFromExpr(list_make1(reference), nullptr);
    *query = *outer;
}

// Columns of the inner query that are keys of its rows.
ColumnSet key_columns(const Inner &inner, const Query *query) {
    ColumnSet keys = 0;
    if (!inner.is_complete || query->groupingSets) return keys;
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(inner.targets)) {
        if (target->resno > kMaximumColumns) break;
        const Node *column = bare(reinterpret_cast<const Node *>(target->expr));
        if (known_set_of(inner.block, column) & inner.place.locus.strong) keys |= ColumnSet{1} << (target->resno - 1);
    }
    return keys;
}

bool has_sub_links_above(const Query *query) {
    auto has = [](const void *tree) {
        return pg::any_node(static_cast<Node *>(const_cast<void *>(tree)),
                            [](Node *node) { return IsA(node, SubLink); });
    };
    return has(query->targetList) || has(query->havingQual) || has(query->windowClause);
}

// How the inner query computes what the outer one needs.
struct Way {
    bool is_complete;
    bool takes_states;
    bool is_finer;
};

// What the inner query must compute.
Inner collected(Block &block, const Query *query, const Place &place, Way way) {
    Inner inner{block, place, way.is_complete};
    inner.is_finer = way.is_finer;
    inner.takes_states = way.takes_states;
    add_groups(inner, query);
    outer_tree(inner, query->targetList);
    outer_tree(inner, query->windowClause);
    if (way.is_complete)
        inner.failed |= !accept_expression(block, inner.place, query->havingQual, false);
    else
        outer_tree(inner, query->havingQual);
    return inner;
}

bool enclose_in_way(Block &block, Query *query, const Place &place, Way way) {
    const bool has_sets = !way.is_complete && query->groupingSets;
    way.is_finer = has_sets || collected(block, query, place, way).is_finer;
    Inner inner = collected(block, query, place, way);
    if (inner.failed) return false;
    Place groups = inner.place;
    groups.locus.strong = key_columns(inner, query);
    groups.locus.weak = 0;
    plan::Fragment *fragment = fragment_at(inner_query(inner, query), groups);
    become_outer(inner, query, fragment);
    Assert(!inner.failed);
    return true;
}

} // namespace

bool enclose_grouping(Block &block, Query *query, const Place &place, bool is_complete) {
    // The sub-queries that stay above could read CTEs that go along.
    if (query->cteList && has_sub_links_above(query)) return false;
    if (enclose_in_way(block, query, place, {is_complete, false, false})) return true;
    return !is_complete && may(Rule::PartialStates) && enclose_in_way(block, query, place, {false, true, false});
}

} // namespace cedro::planner
