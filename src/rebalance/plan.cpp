#include "rebalance/plan.hpp"

#include "cluster/node.hpp"
#include "rebalance/greedy.hpp"
#include "rebalance/strategy.hpp"
#include "table/table.hpp"
#include "unique/global_key.hpp"

namespace cedro::rebalance {

namespace {

/// Shard groups that are evened out among themselves: a table for each colocation, all its ordinals.
using Set = pg::Vector<const table::Table *>;

/// A shard group as the search numbers it.
struct Group {
    const table::Table *table;
    const table::Shard *shard;
    double cost;
    bool is_movable;
};

// The table that stands for its colocation: the first of them that is not a partition is as good as any.
bool is_first_of_colocation(const table::Table &table, const Set &chosen) {
    return std::ranges::none_of(chosen, [&](const table::Table *each) { return each->colocation == table.colocation; });
}

pg::Vector<Set> sets_of(Oid relid) {
    Set hashed;
    Set single;
    pg::Vector<Oid> relids;
    if (OidIsValid(relid))
        relids.push(relid);
    else
        relids = table::all();
    for (Oid each : relids) {
        const table::Table &table = table::get(each);
        const bool is_sharded = table.is_hash() || table.kind == table::Kind::Single;
        if (!is_sharded && OidIsValid(relid))
            ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                            errmsg("table \"%s\" has no shards that could be moved", get_rel_name(relid)),
                            errdetail("Only distributed tables are rebalanced.")));
        if (!is_sharded || unique::is_key_table(each)) continue; // which lie with the table that they serve
        Set &set = table.is_hash() ? hashed : single;
        if (is_first_of_colocation(table, set)) set.push(&table);
    }
    pg::Vector<Set> sets;
    if (!single.empty()) sets.push(single);
    for (const table::Table *each : hashed) {
        Set alone;
        alone.push(each);
        sets.push(alone);
    }
    return sets;
}

bool is_excluded(const table::Table &table, size_t ordinal, std::span<const int64> excluded) {
    if (excluded.empty()) return false;
    for (Oid relid : table::colocated(table.colocation))
        if (std::ranges::find(excluded, table::get(relid).shards[ordinal].id) != excluded.end()) return true;
    return false;
}

bool is_healthy(const table::Shard &shard) {
    return std::ranges::all_of(shard.placements, [](const table::Placement &each) { return each.is_active; });
}

pg::Vector<Group> groups_of(const Set &set, const Strategy &strategy, std::span<const int64> excluded) {
    pg::Vector<Group> groups;
    for (const table::Table *table : set)
        for (size_t ordinal = 0; ordinal < table->shards.size(); ordinal++) {
            CHECK_FOR_INTERRUPTS();
            const table::Shard &shard = table->shards[ordinal];
            groups.push({table, &shard, strategy.cost_of(shard.id),
                         is_healthy(shard) && !is_excluded(*table, ordinal, excluded)});
        }
    return groups;
}

/// One search: its nodes, groups and placements in the form that it takes.
struct Search {
    const pg::Vector<cluster::Node> &nodes;
    pg::Vector<Group> groups;
    pg::Vector<NodeState> states;
    pg::Vector<PlacementState> placements;

    int index_of(int32 group) const {
        for (size_t i = 0; i < nodes.size(); i++)
            if (nodes[i].group == group) return static_cast<int>(i);
        return -1;
    }
};

void add_placements(Search &search) {
    for (size_t i = 0; i < search.groups.size(); i++) {
        const Group &group = search.groups[i];
        for (const table::Placement &placement : group.shard->placements) {
            // What lies on a node that is not active stays there, and counts for nobody.
            const int node = search.index_of(placement.group);
            if (node < 0) continue;
            search.placements.push({static_cast<int>(i), node, group.cost, group.is_movable});
            search.states[static_cast<size_t>(node)].load += group.cost;
        }
    }
}

std::span<bool> permissions(const Search &search, const Strategy &strategy) {
    const size_t count = search.groups.size() * search.nodes.size();
    std::span<bool> matrix{static_cast<bool *>(MemoryContextAllocHuge(CurrentMemoryContext, count + 1)), count};
    for (size_t i = 0; i < search.groups.size(); i++)
        for (size_t node = 0; node < search.nodes.size(); node++)
            matrix[i * search.nodes.size() + node] =
                strategy.allows_all() || strategy.allows(search.groups[i].shard->id, search.nodes[node].id);
    return matrix;
}

void find(const Set &set, const Strategy &strategy, const pg::Vector<cluster::Node> &nodes, const Goal &goal,
          std::span<const int64> excluded, pg::Vector<Move> &moves) {
    Search search{nodes, groups_of(set, strategy, excluded), pg::Vector<NodeState>(), pg::Vector<PlacementState>()};
    for (const cluster::Node &node : nodes)
        search.states.push({node.should_have_shards ? strategy.capacity_of(node.id) : 0, 0});
    add_placements(search);
    const std::span<bool> matrix = permissions(search, strategy);

    // No search that makes sense moves everything several times.
    const size_t limit = std::min(search.placements.size() * 4, static_cast<size_t>(goal.max_moves));
    std::span<Step> steps{static_cast<Step *>(palloc(sizeof(Step) * (limit + 1))), limit};
    const size_t count = find_steps(search.states, search.placements, Permission(matrix, nodes.size()), goal, steps);
    for (size_t i = 0; i < count; i++) {
        const Group &group = search.groups[static_cast<size_t>(search.placements[steps[i].placement].shard)];
        moves.push({group.table->relid, group.shard->id, nodes[static_cast<size_t>(steps[i].from)].group,
                    nodes[static_cast<size_t>(steps[i].to)].group});
    }
}

double threshold_for(const Request &request, const Strategy &strategy) {
    const double threshold = request.threshold.value_or(strategy.threshold);
    if (threshold >= strategy.minimum_threshold) return threshold;
    ereport(WARNING, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                      errmsg("threshold %g is below the least that rebalance strategy \"%s\" allows", threshold,
                             strategy.name),
                      errdetail("%g is used.", strategy.minimum_threshold)));
    return strategy.minimum_threshold;
}

} // namespace

pg::Vector<Move> plan(const Request &request) {
    const Strategy strategy = strategy_named(request.strategy);
    Goal goal{threshold_for(request, strategy), request.improvement.value_or(strategy.improvement),
              std::max(request.max_moves, 0), request.only_drain};
    const pg::Vector<cluster::Node> nodes = cluster::active_primaries();
    pg::Vector<Move> moves;
    for (const Set &set : sets_of(request.relid)) {
        goal.max_moves = request.max_moves - static_cast<int>(moves.size());
        if (goal.max_moves <= 0) break;
        find(set, strategy, nodes, goal, request.excluded, moves);
    }
    return moves;
}

} // namespace cedro::rebalance
