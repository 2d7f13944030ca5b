// The int32 hash space, cut into equal shard ranges. Pure arithmetic.
#pragma once
#include <cstdint>
#include <span>

namespace cedro::hash {

/// Hash values min..max, both included.
struct Range {
    int32_t min;
    int32_t max;
    bool operator==(const Range &) const = default;
};

/// The range of shard `ordinal` of `count`: 2^32 / count values each, the last
/// shard takes the remainder. Requires 0 <= ordinal < count.
Range range_of(int ordinal, int count);

/// The position in `ranges` (sorted, disjoint) that holds the value, or -1.
int ordinal_of(int32_t value, std::span<const Range> ranges);

/// The node (index into the list of eligible nodes, in node order) of the
/// copy-th placement of a shard: round robin.
int node_of(int ordinal, int copy, int node_count);

} // namespace cedro::hash
