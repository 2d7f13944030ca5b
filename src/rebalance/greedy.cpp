#include "rebalance/greedy.hpp"

#include <limits>

namespace cedro::rebalance {

namespace {

double utilization(double load, double capacity) {
    if (load <= 0) return 0;
    return capacity > 0 ? load / capacity : std::numeric_limits<double>::infinity();
}

/// The search and what it has found so far.
struct Search {
    std::span<NodeState> nodes;
    std::span<PlacementState> placements;
    const Permission &permission;
    const Goal &goal;
    std::span<Step> steps;
    size_t count = 0;

    bool is_full() const { return count == steps.size() || count >= static_cast<size_t>(goal.max_moves); }

    double utilization_of(size_t node, double change = 0) const {
        return utilization(nodes[node].load + change, nodes[node].capacity);
    }

    // Copies stand side by side.
    bool has_copy(size_t index, size_t node) const {
        const int shard = placements[index].shard;
        size_t first = index;
        while (first > 0 && placements[first - 1].shard == shard) first--;
        for (size_t i = first; i < placements.size() && placements[i].shard == shard; i++)
            if (placements[i].node == static_cast<int>(node)) return true;
        return false;
    }

    bool may_take(size_t index, size_t node) const {
        return nodes[node].capacity > 0 && permission.allows(placements[index].shard, node) && !has_copy(index, node);
    }

    bool may_stay(const PlacementState &placement) const {
        const auto node = static_cast<size_t>(placement.node);
        return nodes[node].capacity > 0 && permission.allows(placement.shard, node);
    }

    void take(size_t index, size_t to) {
        PlacementState &placement = placements[index];
        nodes[static_cast<size_t>(placement.node)].load -= placement.cost;
        nodes[to].load += placement.cost;
        steps[count++] = {index, placement.node, static_cast<int>(to)};
        placement.node = static_cast<int>(to);
    }
};

constexpr size_t kNowhere = std::numeric_limits<size_t>::max();

size_t emptiest_for(const Search &search, size_t index) {
    const double cost = search.placements[index].cost;
    size_t best = kNowhere;
    for (size_t node = 0; node < search.nodes.size(); node++) {
        if (!search.may_take(index, node)) continue;
        if (best == kNowhere || search.utilization_of(node, cost) < search.utilization_of(best, cost)) best = node;
    }
    return best;
}

// The costliest go first: the small ones even out what those leave uneven.
void drain(Search &search) {
    for (;;) {
        size_t next = kNowhere;
        for (size_t i = 0; i < search.placements.size(); i++) {
            const PlacementState &placement = search.placements[i];
            if (!placement.is_movable || search.may_stay(placement) || emptiest_for(search, i) == kNowhere) continue;
            if (next == kNowhere || placement.cost > search.placements[next].cost) next = i;
        }
        if (next == kNowhere || search.is_full()) return;
        search.take(next, emptiest_for(search, next));
    }
}

double average(const Search &search) {
    double load = 0;
    double capacity = 0;
    for (const NodeState &node : search.nodes) {
        load += node.load;
        capacity += node.capacity;
    }
    return utilization(load, capacity);
}

bool is_balanced(const Search &search, double mean) {
    for (size_t node = 0; node < search.nodes.size(); node++) {
        if (search.nodes[node].capacity <= 0) continue;
        const double value = search.utilization_of(node);
        // A hair's breadth, for sums of floating point numbers.
        if (value > mean * (1 + search.goal.threshold) * (1 + 1e-9)) return false;
        if (value < mean * (1 - search.goal.threshold) * (1 - 1e-9)) return false;
    }
    return true;
}

/// How good a move is: the fuller of its nodes afterwards, the fuller before.
struct Choice {
    size_t placement = kNowhere;
    size_t to = kNowhere;
    double before = 0;
    double after = 0;
};

bool is_better(const Choice &one, const Choice &other) {
    if (other.placement == kNowhere) return true;
    if (one.before != other.before) return one.before > other.before; // relieve the fullest node first
    return one.after < other.after;
}

Choice judge(const Search &search, size_t index, size_t to) {
    const PlacementState &placement = search.placements[index];
    const auto from = static_cast<size_t>(placement.node);
    const double source = search.utilization_of(from, -placement.cost);
    const double target = search.utilization_of(to, placement.cost);
    return {index, to, search.utilization_of(from), source > target ? source : target};
}

bool is_worth_it(const Search &search, const Choice &choice) {
    const double gain = choice.before - choice.after;
    const double cost = utilization(search.placements[choice.placement].cost, search.nodes[choice.to].capacity);
    return gain > cost * 1e-9 && gain >= cost * search.goal.improvement * (1 - 1e-9);
}

// Moves between nodes that are both within the threshold are not worth their while.
bool is_wanted(const Search &search, size_t from, size_t to, double mean) {
    return search.utilization_of(from) > mean * (1 + search.goal.threshold) ||
           search.utilization_of(to) < mean * (1 - search.goal.threshold);
}

Choice best_choice(const Search &search, double mean) {
    Choice best;
    for (size_t i = 0; i < search.placements.size(); i++) {
        const PlacementState &placement = search.placements[i];
        if (!placement.is_movable || placement.cost <= 0) continue;
        for (size_t to = 0; to < search.nodes.size(); to++) {
            const auto from = static_cast<size_t>(placement.node);
            if (!is_wanted(search, from, to, mean) || !search.may_take(i, to)) continue;
            const Choice choice = judge(search, i, to);
            if (is_worth_it(search, choice) && is_better(choice, best)) best = choice;
        }
    }
    return best;
}

} // namespace

size_t find_steps(std::span<NodeState> nodes, std::span<PlacementState> placements, const Permission &permission,
                  const Goal &goal, std::span<Step> steps) {
    Search search{nodes, placements, permission, goal, steps};
    drain(search);
    if (goal.only_drain) return search.count;
    const double mean = average(search);
    while (!search.is_full() && !is_balanced(search, mean)) {
        const Choice choice = best_choice(search, mean);
        if (choice.placement == kNowhere) break;
        search.take(choice.placement, choice.to);
    }
    return search.count;
}

} // namespace cedro::rebalance
