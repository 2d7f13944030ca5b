#include "transaction/wait_cycle.hpp"

#include <algorithm>

namespace cedro::transaction {
namespace {

enum State : int { kUnseen, kOnPath, kDone };

size_t first_arc_of(const CycleSearch &search, int vertex) {
    auto at = std::ranges::lower_bound(search.arcs, vertex, {}, &Arc::waiting);
    return static_cast<size_t>(at - search.arcs.begin());
}

size_t index(int vertex) { return static_cast<size_t>(vertex); }

/// Depth first from one vertex; returns the cycle when the path meets itself.
std::span<const int> search_from(CycleSearch &search, int start) {
    size_t depth = 0;
    auto enter = [&](int vertex) {
        search.state[index(vertex)] = kOnPath;
        search.next[index(vertex)] = first_arc_of(search, vertex);
        search.path[depth++] = vertex;
    };
    enter(start);
    while (depth > 0) {
        const int vertex = search.path[depth - 1];
        size_t &at = search.next[index(vertex)];
        if (at == search.arcs.size() || search.arcs[at].waiting != vertex) {
            search.state[index(vertex)] = kDone;
            depth--;
            continue;
        }
        const int other = search.arcs[at++].blocking;
        if (search.is_removed[index(other)] || search.state[index(other)] == kDone) continue;
        if (search.state[index(other)] == kUnseen) {
            enter(other);
            continue;
        }
        auto path = search.path.first(depth);
        return path.subspan(index(static_cast<int>(std::ranges::find(path, other) - path.begin())));
    }
    return {};
}

} // namespace

std::span<const int> find_cycle(CycleSearch &search) {
    std::ranges::fill(search.state, kUnseen);
    for (size_t vertex = 0; vertex < search.state.size(); vertex++) {
        if (search.is_removed[vertex] || search.state[vertex] != kUnseen) continue;
        auto cycle = search_from(search, static_cast<int>(vertex));
        if (!cycle.empty()) return cycle;
    }
    return {};
}

} // namespace cedro::transaction
