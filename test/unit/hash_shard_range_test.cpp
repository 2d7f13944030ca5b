// The hash space is covered once and only once, whatever the number of shards.
#include "hash/shard_range.hpp"

#include <climits>
#include <gtest/gtest.h>
#include <vector>

using namespace cedro::hash;

namespace {

std::vector<Range> ranges_of(int count) {
    std::vector<Range> ranges;
    for (int ordinal = 0; ordinal < count; ++ordinal) ranges.push_back(range_of(ordinal, count));
    return ranges;
}

} // namespace

TEST(ShardRange, CoversTheHashSpaceWithoutGapOrOverlap) {
    for (int count : {1, 2, 3, 7, 32, 100, 256, 1000, 64000}) {
        std::vector<Range> ranges = ranges_of(count);
        EXPECT_EQ(ranges.front().min, INT_MIN) << count;
        EXPECT_EQ(ranges.back().max, INT_MAX) << count;
        for (size_t i = 1; i < ranges.size(); ++i)
            ASSERT_EQ(static_cast<long long>(ranges[i - 1].max) + 1, ranges[i].min) << count << " shards, ordinal " << i;
    }
}

TEST(ShardRange, GivesTheRangesThatReadersOfTheCatalogKnow) {
    EXPECT_EQ(range_of(0, 32), (Range{-2147483648, -2013265921}));
    EXPECT_EQ(range_of(31, 32), (Range{2013265920, 2147483647}));
    // The last shard takes what the division leaves over.
    EXPECT_EQ(range_of(2, 3), (Range{715827882, 2147483647}));
}

TEST(ShardRange, FindsTheShardOfEveryBorder) {
    for (int count : {1, 3, 32, 256}) {
        std::vector<Range> ranges = ranges_of(count);
        for (int ordinal = 0; ordinal < count; ++ordinal) {
            EXPECT_EQ(ordinal_of(ranges[static_cast<size_t>(ordinal)].min, ranges), ordinal);
            EXPECT_EQ(ordinal_of(ranges[static_cast<size_t>(ordinal)].max, ranges), ordinal);
        }
    }
}

TEST(ShardRange, AnswersThatNoShardOwnsAValueInAGap) {
    std::vector<Range> ranges{{INT_MIN, -10}, {10, 20}};
    EXPECT_EQ(ordinal_of(0, ranges), -1);
    EXPECT_EQ(ordinal_of(21, ranges), -1);
    EXPECT_EQ(ordinal_of(-10, ranges), 0);
    EXPECT_EQ(ordinal_of(0, {}), -1);
}

TEST(ShardRange, SpreadsPlacementsRoundRobinAndCopiesOverDistinctNodes) {
    EXPECT_EQ(node_of(0, 0, 3), 0);
    EXPECT_EQ(node_of(4, 0, 3), 1);
    for (int ordinal = 0; ordinal < 10; ++ordinal) EXPECT_NE(node_of(ordinal, 0, 3), node_of(ordinal, 1, 3));
}
