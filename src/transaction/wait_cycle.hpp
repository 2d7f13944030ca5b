// Cycles in a graph of who waits for whom. Free of PostgreSQL.
#pragma once
#include <cstddef>
#include <span>

namespace cedro::transaction {

/// Vertex `waiting` waits for vertex `blocking`.
struct Arc {
    int waiting;
    int blocking;
    bool operator==(const Arc &) const = default;
};

/// Memory of a search: one element of each for every vertex.
struct CycleSearch {
    std::span<const Arc> arcs;  ///< sorted by `waiting`
    std::span<bool> is_removed; ///< vertices that do not count
    std::span<int> state;
    std::span<int> path;
    std::span<size_t> next;
};

/// A cycle, as a part of search.path; empty when there is none.
std::span<const int> find_cycle(CycleSearch &search);

} // namespace cedro::transaction
