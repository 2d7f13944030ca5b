#include "planner/distribute.hpp"

#include "catalog/settings.hpp"
#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "plan/fragment.hpp"
#include "plan/row_change.hpp"
#include "planner/analysis.hpp"
#include "planner/enclose.hpp"
#include "planner/exchange/estimate.hpp"
#include "planner/exchange/level.hpp"
#include "planner/extract.hpp"
#include "planner/grouping.hpp"
#include "planner/pushable.hpp"
#include "planner/rules.hpp"
#include "planner/steps.hpp"
#include "planner/surgery.hpp"

namespace cedro::planner {

namespace {

// Microseconds.
constexpr double kWorthAnotherTry = 20000;

// The whole level, when all that is left is to order, to drop duplicates or to cut off.
bool enclose_level(Block &block, Query *query, const Place &source) {
    Place place = source;
    if (!travel(query->targetList) || !accept_expressions(block, place)) return false;
    const Step step = first_global_step(block, place);
    if (step == Step::Group || step == Step::Window) return false;
    if (place.locus.is_spread() && keeps_order_of_sub_select(query)) return false;
    if (!query->setOperations) place.locus = output_locus(block, place);
    const bool has_limit = query->limitCount || query->limitOffset;
    enclose_whole(query, place, {step == Step::Distinct, has_limit && place.locus.is_spread()});
    return true;
}

bool enclose_groups(Block &block, Query *query, const Place &source) {
    if (query->setOperations || !is_grouped(query) || query->hasTargetSRFs) return false;
    Place place = source;
    if (may(Rule::Grouping) && accept_grouping(block, place.locus)) return enclose_grouping(block, query, place, true);
    return may(Rule::PartialAggregates) && enclose_grouping(block, query, source, false);
}

// Gives the level to the groups, from its FROM upwards as far as it goes.
bool enclose(Run &run, Query *query) {
    Block block{run, query, nullptr};
    const std::optional<Place> source = source_of(block);
    if (!source || source->tables == NIL) return false;
    return (may(Rule::Levels) && enclose_level(block, query, *source)) || enclose_groups(block, query, *source);
}

// The level as groups compute it once rows have moved to them.
struct Attempt {
    Query *query; // nullptr: there is no way
    Costs costs;
};

Attempt attempt(Run &run, const Query *query, bool only_hash) {
    Attempt result{static_cast<Query *>(copyObjectImpl(query)), {}};
    result.costs.only_hash = only_hash;
    const bool is_changed = put_exchanges(run, result.query, nullptr, result.costs);
    run.ctes.clear();
    if (!is_changed || result.costs.failed || !enclose(run, result.query)) result.query = nullptr;
    return result;
}

// Gives the level to the groups once rows have moved to them, when that is cheaper than bringing all rows here.
bool enclose_by_exchange(Run &run, Query *query) {
    if (!may(Rule::Exchanges)) return false;
    Attempt best = attempt(run, query, false);
    // What is cheapest for a join may leave a sub-query without the key that it needs.
    const bool tries_again = query->hasSubLinks && (!best.query || best.costs.exchange > kWorthAnotherTry);
    if (tries_again) {
        const Attempt other = attempt(run, query, true);
        if (other.query && (!best.query || other.costs.exchange < best.costs.exchange)) best = other;
    }
    if (!best.query) return false;
    double cost = best.costs.exchange;
    const bool gives_many = !is_grouped(query) && !query->limitCount && !query->distinctClause;
    if (gives_many) cost += cost_of_pull(estimate(query));
    if (!setting::exchange_seed && cost >= best.costs.pull) return false;
    *query = *best.query;
    return true;
}

bool distribute_sub_links(Node *node, void *argument) {
    if (node == nullptr || IsA(node, Query)) return false;
    if (IsA(node, SubLink)) {
        auto *link = reinterpret_cast<SubLink *>(node);
        distribute(*static_cast<Run *>(argument), castNode(Query, link->subselect));
        return distribute_sub_links(link->testexpr, argument);
    }
    return expression_tree_walker(node, pg::as_walker(distribute_sub_links), argument);
}

// What is inside the level and no fragment yet.
void distribute_inside(Run &run, Query *query) {
    for (RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(query->rtable)) {
        if (entry->rtekind != RTE_SUBQUERY || !entry->subquery || plan::fragment_of(entry)) continue;
        distribute(run, entry->subquery);
        // Where groups took the fence along: a change must not vanish into the query around it.
        if (plan::row_change_of(entry)) entry->subquery = fenced(entry->subquery);
    }
    for (const CommonTableExpr *cte : pg::ListOf<const CommonTableExpr>(query->cteList))
        distribute(run, castNode(Query, cte->ctequery));
    query_tree_walker(query, pg::as_walker(distribute_sub_links), &run,
                      QTW_IGNORE_RT_SUBQUERIES | QTW_IGNORE_CTE_SUBQUERIES | QTW_IGNORE_JOINALIASES);
}

} // namespace

void distribute(Run &run, Query *query) {
    check_stack_depth();
    if (query->commandType == CMD_SELECT && !enclose(run, query) && !enclose_by_exchange(run, query) &&
        !query->setOperations)
        extract_fragments(run, query);
    distribute_inside(run, query);
}

} // namespace cedro::planner
