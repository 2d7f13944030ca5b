// A cycle of waits is found wherever it is, and only real ones are.
#include "transaction/wait_cycle.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <vector>

using namespace cedro::transaction;

namespace {

std::vector<int> cycle_of(int vertices, std::vector<Arc> arcs, std::vector<int> removed = {}) {
    std::ranges::sort(arcs, {}, &Arc::waiting);
    const auto count = static_cast<size_t>(vertices);
    auto is_removed = std::make_unique<bool[]>(count);
    for (int each : removed) is_removed[static_cast<size_t>(each)] = true;
    std::vector<int> state(count), path(count);
    std::vector<size_t> next(count);
    CycleSearch search{arcs, {is_removed.get(), count}, state, path, next};
    auto cycle = find_cycle(search);
    return {cycle.begin(), cycle.end()};
}

} // namespace

TEST(WaitCycle, IsNotSeenWhereThereIsNone) {
    EXPECT_TRUE(cycle_of(0, {}).empty());
    EXPECT_TRUE(cycle_of(3, {{0, 1}, {1, 2}, {0, 2}}).empty());
    EXPECT_TRUE(cycle_of(4, {{0, 1}, {0, 2}, {1, 3}, {2, 3}}).empty());
}

TEST(WaitCycle, HoldsOnlyThoseThatWaitForEachOther) {
    // 0 waits for the cycle, and is no part of it.
    EXPECT_EQ(cycle_of(4, {{0, 1}, {1, 2}, {2, 3}, {3, 1}}), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(cycle_of(2, {{0, 1}, {1, 0}}), (std::vector<int>{0, 1}));
}

TEST(WaitCycle, IsBrokenByRemovingOneOfIt) {
    EXPECT_TRUE(cycle_of(3, {{0, 1}, {1, 2}, {2, 0}}, {1}).empty());
    EXPECT_EQ(cycle_of(4, {{0, 1}, {1, 0}, {2, 3}, {3, 2}}, {0}), (std::vector<int>{2, 3}));
}

TEST(WaitCycle, AgreesWithReachabilityOnRandomGraphs) {
    std::mt19937 random(1);
    for (int round = 0; round < 2000; ++round) {
        const int vertices = 1 + static_cast<int>(random() % 7);
        std::vector<Arc> arcs;
        std::vector<std::vector<bool>> reach(static_cast<size_t>(vertices),
                                             std::vector<bool>(static_cast<size_t>(vertices)));
        for (size_t i = random() % 10; i > 0; --i) {
            Arc arc{static_cast<int>(random() % static_cast<unsigned>(vertices)),
                    static_cast<int>(random() % static_cast<unsigned>(vertices))};
            if (arc.waiting == arc.blocking) continue;
            arcs.push_back(arc);
            reach[static_cast<size_t>(arc.waiting)][static_cast<size_t>(arc.blocking)] = true;
        }
        const auto count = static_cast<size_t>(vertices);
        for (size_t via = 0; via < count; ++via)
            for (size_t from = 0; from < count; ++from)
                for (size_t to = 0; to < count; ++to)
                    if (reach[from][via] && reach[via][to]) reach[from][to] = true;
        bool expected = false;
        for (size_t i = 0; i < count; ++i) expected = expected || reach[i][i];
        std::vector<int> cycle = cycle_of(vertices, arcs);
        ASSERT_EQ(!cycle.empty(), expected);
        for (size_t i = 0; i < cycle.size(); ++i)
            ASSERT_NE(std::ranges::find(arcs, Arc{cycle[i], cycle[(i + 1) % cycle.size()]}), arcs.end());
    }
}
