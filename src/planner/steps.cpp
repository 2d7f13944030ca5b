#include "planner/steps.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "planner/pushable.hpp"
#include "planner/rules.hpp"

namespace cedro::planner {

namespace {

// Aggregates whose result does not depend on the order of their input.
constexpr std::string_view kOrderless[] = {"count", "sum",     "min",    "max",     "avg",    "bool_and", "bool_or",
                                           "every", "bit_and", "bit_or", "bit_xor", "stddev", "variance"};

bool depends_on_order(Node *node) {
    return pg::any_node(node, [](Node *each) {
        if (!IsA(each, Aggref)) return false;
        const auto *aggregate = reinterpret_cast<Aggref *>(each);
        if (aggregate->aggorder != NIL) return false;
        const char *name = get_func_name(aggregate->aggfnoid);
        return aggregate->aggfnoid >= FirstNormalObjectId ||
               std::ranges::find(kOrderless, std::string_view(name)) == std::end(kOrderless);
    });
}

bool has_duplicate_group(const Query *query) {
    // GROUP BY a, ROLLUP (a) is printed so that it reads back as something else.
    List *expressions = NIL;
    for (const SortGroupClause *clause : pg::ListOf<const SortGroupClause>(query->groupClause)) {
        Node *expression = get_sortgroupclause_expr(const_cast<SortGroupClause *>(clause), query->targetList);
        if (list_member(expressions, expression)) return true;
        expressions = lappend(expressions, expression);
    }
    return false;
}

// The group clauses that a grouping set names.
List *clauses_of_set(const Query *query, const List *references) {
    List *clauses = NIL;
    for (int i = 0; i < list_length(references); i++)
        clauses = lappend(clauses,
                          get_sortgroupref_clause(static_cast<Index>(list_nth_int(references, i)), query->groupClause));
    return clauses;
}

// Over rows that are the same everywhere, a choice of rows may still differ.
void note_choices(const Query *query, Locus &locus) {
    if (locus.kind == LocusKind::Part || locus.kind == LocusKind::Bound) return;
    locus.is_volatile |= query->limitCount || query->limitOffset || query->hasDistinctOn || query->hasWindowFuncs ||
                         depends_on_order(reinterpret_cast<Node *>(query->targetList)) ||
                         depends_on_order(query->havingQual);
}

constexpr const char *kReasons[] = {"groups of rows are not formed by the distribution column",
                                    "a window is not partitioned by the distribution column",
                                    "DISTINCT does not include the distribution column",
                                    "LIMIT needs the rows of all shards"};

} // namespace

bool keeps_order_of_sub_select(const Query *query) {
    if (query->sortClause || query->distinctClause || query->setOperations || query->hasWindowFuncs) return false;
    if (is_grouped(query) || list_length(query->jointree->fromlist) != 1) return false;
    const auto *item = static_cast<const Node *>(linitial(query->jointree->fromlist));
    if (!IsA(item, RangeTblRef)) return false;
    const RangeTblEntry *entry = rt_fetch(reinterpret_cast<const RangeTblRef *>(item)->rtindex, query->rtable);
    const Query *source = entry->rtekind == RTE_SUBQUERY ? entry->subquery : nullptr;
    if (entry->rtekind == RTE_CTE && entry->ctelevelsup == 0)
        for (const CommonTableExpr *cte : pg::ListOf<const CommonTableExpr>(query->cteList))
            if (strcmp(cte->ctename, entry->ctename) == 0) source = castNode(Query, cte->ctequery);
    return source && (source->sortClause || keeps_order_of_sub_select(source));
}

bool is_grouped(const Query *query) {
    return query->groupClause || query->groupingSets || query->hasAggs || query->havingQual;
}

bool accept_grouping(Block &block, Locus &locus) {
    const Query *query = block.query;
    if (!query->groupingSets) {
        const ColumnSet columns = columns_of_clauses(block, query->groupClause);
        return keeps_together(locus, columns);
    }
    ColumnSet in_all = ~ColumnSet{0};
    const List *sets = expand_grouping_sets(query->groupingSets, query->groupDistinct, -1);
    for (const List *set : pg::ListOf<const List>(sets)) {
        const ColumnSet columns = columns_of_clauses(block, clauses_of_set(query, set));
        if (!keeps_together(locus, columns)) return false;
        in_all &= columns;
    }
    // A key that is left out of a set is NULL in its rows.
    locus.weak |= locus.strong & ~in_all;
    locus.strong &= in_all;
    return true;
}

bool accept_expressions(Block &block, Place &place) {
    const Query *query = block.query;
    if (is_grouped(query) && query->groupingSets && has_duplicate_group(query)) {
        refuse(block.run, "a grouping set repeats an expression");
        return false;
    }
    return accept_expression(block, place, reinterpret_cast<const Node *>(query->targetList), false) &&
           accept_expression(block, place, query->havingQual, false) &&
           accept_expression(block, place, reinterpret_cast<const Node *>(query->windowClause), false) &&
           accept_expression(block, place, query->limitCount, false) &&
           accept_expression(block, place, query->limitOffset, false);
}

bool are_hashed_alike(const Node *left, const Node *right) {
    auto family = [](const Node *node) {
        return lookup_type_cache(getBaseType(exprType(node)), TYPECACHE_HASH_OPFAMILY)->hash_opf;
    };
    if (!OidIsValid(family(left)) || family(left) != family(right)) return false;
    const Oid one = exprCollation(left);
    const Oid other = exprCollation(right);
    if (one == other || !OidIsValid(one) || !OidIsValid(other)) return true;
    return get_collation_isdeterministic(one) && get_collation_isdeterministic(other);
}

ColumnSet columns_of_clauses(Block &block, const List *clauses) {
    ColumnSet columns = 0;
    for (const SortGroupClause *clause : pg::ListOf<const SortGroupClause>(clauses)) {
        const Node *expression =
            get_sortgroupclause_expr(const_cast<SortGroupClause *>(clause), block.query->targetList);
        const Node *column = bare(expression);
        if (is_hash_equality(clause->eqop, exprCollation(expression), column, column))
            columns |= known_set_of(block, column);
    }
    return columns;
}

Step first_global_step(Block &block, Place &place) {
    const Query *query = block.query;
    Locus &locus = place.locus;
    note_choices(query, locus);
    const bool is_refused = locus.is_spread() && !block.run.is_write && !may(Rule::Grouping);
    if (is_grouped(query) && (is_refused || !accept_grouping(block, locus))) return Step::Group;
    for (const WindowClause *window : pg::ListOf<const WindowClause>(query->windowClause))
        if (!keeps_together(locus, columns_of_clauses(block, window->partitionClause))) return Step::Window;
    if (query->distinctClause && !keeps_together(locus, columns_of_clauses(block, query->distinctClause)))
        return Step::Distinct;
    if ((query->limitCount || query->limitOffset) && locus.is_spread()) return Step::Limit;
    return Step::None;
}

bool accept_steps(Block &block, Place &place) {
    if (!accept_expressions(block, place)) return false;
    if (place.locus.is_pinned()) {
        Place spread = place;
        spread.locus.group = kNoGroup;
        place.locus.is_exclusive |= first_global_step(block, spread) != Step::None;
    }
    const Step step = first_global_step(block, place);
    if (step != Step::None) refuse(block.run, kReasons[static_cast<size_t>(step)]);
    return step == Step::None;
}

} // namespace cedro::planner
