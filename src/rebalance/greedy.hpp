// Which placements to move so that all nodes carry their share: a greedy
// search. Pure arithmetic over arrays that the caller owns.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace cedro::rebalance {

struct NodeState {
    double capacity; ///< share of the load that the node shall carry, relative to the others; 0: nothing
    double load;     ///< sum of the costs of its placements; kept up to date by the search
};

/// A copy of a shard group on a node (index into the nodes).
struct PlacementState {
    int shard; ///< same number for all copies of one shard group
    int node;
    double cost;
    bool is_movable;
};

struct Goal {
    double threshold;   ///< a node may differ by this fraction from the average utilization
    double improvement; ///< a move must relieve the fuller of its two nodes by this fraction of its cost
    int max_moves;
    bool only_drain; ///< only empty the nodes whose capacity is 0
};

/// Whether a shard group may lie on a node, whatever the load.
class Permission {
public:
    /// matrix[shard * node_count + node]
    Permission(std::span<const bool> matrix, size_t node_count) : matrix_(matrix), node_count_(node_count) {}
    bool allows(int shard, size_t node) const {
        return matrix_[static_cast<size_t>(shard) * node_count_ + node];
    }

private:
    std::span<const bool> matrix_;
    size_t node_count_;
};

struct Step {
    size_t placement; ///< index into the placements
    int from;
    int to;
};

/// The placements of a shard group stand side by side. Fills `steps` (at least goal.max_moves or so many as placements may move)
/// with moves in the order they shall be made, and applies them to nodes and
/// placements. Returns how many there are.
///
/// First what lies where it may not (or on a node without capacity) goes to the
/// emptiest node that may take it. Then, while some node lies outside of the
/// threshold, the move that relieves the fullest node most is taken. Each step
/// lowers the fuller of two nodes, so the search ends. Copies of a shard group
/// never meet on a node.
size_t find_steps(std::span<NodeState> nodes, std::span<PlacementState> placements, const Permission &permission,
                  const Goal &goal, std::span<Step> steps);

} // namespace cedro::rebalance
