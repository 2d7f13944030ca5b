// INSERT … ON CONFLICT on keys that hold over all shards: the row that is in the
// way may lie in another shard group than the new one would.
#pragma once
#include "plan/insert.hpp"
#include "table/table.hpp"

namespace cedro::executor {

/// The rows of an INSERT that have not been sent yet, and their keys. Lives in
/// the memory context in which it was made.
struct ConflictRouter;

/// nullptr when the clause cannot meet a key that holds over all shards.
ConflictRouter *make_conflict_router(const table::Table &table, const plan::Insert &insert);

/// Adds a row of the shell's row type: computes its keys.
void add_row(ConflictRouter *router, const Datum *values, const bool *nulls);

/// What route() says of a row that has to wait until the others are written.
inline constexpr int kLater = -1;

/// The shard group to which each of the rows (by their numbers, in order) has
/// to go: that which holds a row with one of its keys, where ON CONFLICT finds
/// it, else its own, with its keys reserved for this statement. A row whose fate
/// hangs on that of another is told to wait; the first never is. Waits for
/// transactions that are adding or removing the keys.
pg::Vector<int> route(ConflictRouter *router, std::span<const size_t> rows);

/// Forgets all rows.
void clear(ConflictRouter *router);

} // namespace cedro::executor
