// Rows of a shard that a query takes as a whole are rows of the shell's type,
// and their tableoid is the shell's.
#pragma once
#include "pg/arena.hpp"

namespace cedro::worker {

/// A relation of a bound query: what stood there and what stands there now.
struct Swap {
    Oid shell;
    Oid shard;
};

/// Converts whole-row references to swapped relations back to the shell's row
/// type and maps tableoid, in place. Other references need nothing: attribute
/// numbers agree.
void keep_row_types(Query *query, std::span<const Swap> swaps);

} // namespace cedro::worker
