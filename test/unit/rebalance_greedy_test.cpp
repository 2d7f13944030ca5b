// The search for moves evens out nodes, and respects capacities, permissions, copies and limits.
#include "rebalance/greedy.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <vector>

using namespace cedro::rebalance;

namespace {

struct Cluster {
    std::vector<NodeState> nodes;
    std::vector<PlacementState> placements;
    std::vector<char> allowed; // by shard and node; empty: everything
    Goal goal{0, 0, 1000000, false};
    std::vector<Step> steps;

    explicit Cluster(std::vector<double> capacities) {
        for (double capacity : capacities) nodes.push_back({capacity, 0});
    }
    void add(int shard, int node, double cost) {
        placements.push_back({shard, node, cost, true});
        nodes[static_cast<size_t>(node)].load += cost;
    }
    size_t run() {
        const int shards = placements.empty() ? 0 : placements.back().shard + 1;
        const size_t cells = static_cast<size_t>(shards) * nodes.size();
        auto matrix = std::make_unique<bool[]>(cells + 1);
        for (size_t i = 0; i < cells; i++) matrix[i] = allowed.empty() || allowed[i];
        const Permission permission({matrix.get(), cells}, nodes.size());
        steps.resize(100000);
        steps.resize(find_steps(nodes, placements, permission, goal, steps));
        return steps.size();
    }
    std::vector<double> loads() const {
        std::vector<double> result;
        for (const NodeState &node : nodes) result.push_back(node.load);
        return result;
    }
    bool copies_are_apart() const {
        for (const PlacementState &one : placements)
            for (const PlacementState &other : placements)
                if (&one != &other && one.shard == other.shard && one.node == other.node) return false;
        return true;
    }
};

} // namespace

TEST(Greedy, LeavesABalancedClusterAlone) {
    Cluster cluster({1, 1});
    for (int shard = 0; shard < 4; shard++) cluster.add(shard, shard % 2, 1);
    EXPECT_EQ(cluster.run(), 0u);
}

TEST(Greedy, FillsANewNode) {
    Cluster cluster({1, 1, 1});
    for (int shard = 0; shard < 12; shard++) cluster.add(shard, shard % 2, 1);
    EXPECT_EQ(cluster.run(), 4u);
    EXPECT_EQ(cluster.loads(), (std::vector<double>{4, 4, 4}));
}

TEST(Greedy, CannotDoBetterThanWholeShards) {
    Cluster cluster({1, 1, 1});
    for (int shard = 0; shard < 32; shard++) cluster.add(shard, shard % 2, 1);
    cluster.run();
    const std::vector<double> loads = cluster.loads();
    EXPECT_EQ(*std::max_element(loads.begin(), loads.end()) - *std::min_element(loads.begin(), loads.end()), 1);
}

TEST(Greedy, GivesEachNodeWhatItsCapacityAsksFor) {
    Cluster cluster({3, 1});
    for (int shard = 0; shard < 8; shard++) cluster.add(shard, 1, 1);
    cluster.run();
    EXPECT_EQ(cluster.loads(), (std::vector<double>{6, 2}));
}

TEST(Greedy, KeepsCopiesApart) {
    Cluster cluster({1, 1, 1});
    for (int shard = 0; shard < 9; shard++) {
        cluster.add(shard, 0, 1);
        cluster.add(shard, 1, 1);
    }
    cluster.run();
    EXPECT_TRUE(cluster.copies_are_apart());
    EXPECT_EQ(cluster.loads(), (std::vector<double>{6, 6, 6}));
}

TEST(Greedy, DrainsNodesWithoutCapacity) {
    Cluster cluster({0, 1, 1});
    for (int shard = 0; shard < 6; shard++) cluster.add(shard, 0, 1);
    cluster.goal.only_drain = true;
    EXPECT_EQ(cluster.run(), 6u);
    EXPECT_EQ(cluster.loads(), (std::vector<double>{0, 3, 3}));
}

TEST(Greedy, LeavesBehindWhatHasNowhereToGo) {
    Cluster cluster({0, 1});
    cluster.add(0, 0, 1);
    cluster.add(0, 1, 1);
    EXPECT_EQ(cluster.run(), 0u);
}

TEST(Greedy, MovesWhatMayNotStay) {
    Cluster cluster({1, 1});
    cluster.add(0, 0, 1);
    cluster.add(1, 1, 1);
    cluster.allowed = {0, 1, 1, 1};
    cluster.run();
    EXPECT_EQ(cluster.placements[0].node, 1);
    EXPECT_EQ(cluster.placements[1].node, 0);
}

TEST(Greedy, DoesNotMoveWhatIsExcluded) {
    Cluster cluster({1, 1});
    for (int shard = 0; shard < 4; shard++) cluster.add(shard, 0, 1);
    for (PlacementState &placement : cluster.placements) placement.is_movable = placement.shard == 3;
    EXPECT_EQ(cluster.run(), 1u);
    EXPECT_EQ(cluster.placements[3].node, 1);
}

TEST(Greedy, StopsAtTheLimitAndAtTheThreshold) {
    Cluster cluster({1, 1});
    for (int shard = 0; shard < 20; shard++) cluster.add(shard, shard < 11 ? 0 : 1, 1);
    Cluster limited = cluster;
    cluster.goal.threshold = 0.1;
    EXPECT_EQ(cluster.run(), 0u);
    for (int shard = 20; shard < 30; shard++) limited.add(shard, 0, 1);
    limited.goal.max_moves = 2;
    EXPECT_EQ(limited.run(), 2u);
}

TEST(Greedy, SparesMovesThatGainLittle) {
    Cluster cluster({1, 1});
    cluster.add(0, 0, 100);
    cluster.add(1, 1, 95);
    cluster.add(2, 0, 15);
    cluster.goal.improvement = 0.5;
    Cluster eager = cluster;
    EXPECT_EQ(cluster.run(), 0u); // 115:95 to 100:110 relieves the fuller node by 5, a third of the cost
    eager.goal.improvement = 0;
    EXPECT_EQ(eager.run(), 1u);
}

TEST(Greedy, EndsAndImprovesOnRandomClusters) {
    std::mt19937 random(7);
    for (int round = 0; round < 200; round++) {
        std::vector<double> capacities;
        const int node_count = 2 + static_cast<int>(random() % 6);
        for (int i = 0; i < node_count; i++) capacities.push_back(static_cast<double>(random() % 4));
        capacities[0] = 1;
        Cluster cluster(capacities);
        const int shard_count = static_cast<int>(random() % 40);
        for (int shard = 0; shard < shard_count; shard++) {
            const int copies = 1 + static_cast<int>(random() % 2);
            const int first = static_cast<int>(random() % static_cast<unsigned>(node_count));
            for (int copy = 0; copy < copies; copy++)
                cluster.add(shard, (first + copy) % node_count, static_cast<double>(random() % 1000));
        }
        auto fullest = [&] {
            double value = 0;
            for (const NodeState &node : cluster.nodes)
                if (node.capacity > 0) value = std::max(value, node.load / node.capacity);
            return value;
        };
        const std::vector<NodeState> before = cluster.nodes;
        const double was = fullest();
        bool was_drained = true;
        for (const NodeState &node : before) was_drained &= node.capacity > 0 || node.load == 0;
        cluster.run();
        EXPECT_TRUE(cluster.copies_are_apart());
        if (was_drained) {
            EXPECT_LE(fullest(), was * (1 + 1e-9));
        }
        double load = 0;
        double sum = 0;
        for (const NodeState &node : cluster.nodes) load += node.load;
        for (const PlacementState &placement : cluster.placements) sum += placement.cost;
        EXPECT_NEAR(load, sum, 1e-6);
    }
}
