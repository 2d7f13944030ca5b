#include "hash/shard_range.hpp"

namespace cedro::hash {

namespace {
constexpr int64_t kSpace = int64_t{1} << 32;
constexpr int64_t kLowest = INT32_MIN;
} // namespace

Range range_of(int ordinal, int count) {
    const int64_t width = kSpace / count;
    const int64_t min = kLowest + ordinal * width;
    const int64_t max = ordinal == count - 1 ? int64_t{INT32_MAX} : min + width - 1;
    return {static_cast<int32_t>(min), static_cast<int32_t>(max)};
}

int ordinal_of(int32_t value, std::span<const Range> ranges) {
    size_t low = 0;
    size_t high = ranges.size();
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (value < ranges[middle].min)
            high = middle;
        else if (value > ranges[middle].max)
            low = middle + 1;
        else
            return static_cast<int>(middle);
    }
    return -1;
}

int node_of(int ordinal, int copy, int node_count) {
    return static_cast<int>((int64_t{ordinal} + copy) % node_count);
}

} // namespace cedro::hash
