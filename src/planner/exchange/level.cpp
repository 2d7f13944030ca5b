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
        const std::optional<Choice> choice = choose_move(block, query);
        if (!choice) break;
        if (is_first) costs.pull += choice->pull;
        is_first = false;
        costs.exchange += choice->cost;
        if (!make_moves(block, query, choice->moves)) costs.failed = true;
        if (costs.failed) return true;
        is_changed = true;
    }
    return is_changed;
}

} // namespace cedro::planner
