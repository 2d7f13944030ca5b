// Merges the rows of tasks that each return them in order.
#pragma once
#include "executor/reader.hpp"
#include "pg/executor.hpp"

namespace cedro::executor {

/// How rows are ordered: for each column that counts, in order of importance.
struct SortColumn {
    AttrNumber column; ///< of the row, from 1
    Oid operator_oid;  ///< "less than", or "greater than" for the other way round
    Oid collation;
    bool nulls_first;
};
using Order = std::span<const SortColumn>;

struct Merge;

/// Starts all tasks of a text that returns rows of this type in this order.
Merge *open_merge(const Reading &reading, std::span<const Task> tasks, TupleDesc type, Order order);

/// Puts the next row into the (virtual) slot; false at the end. Its values live until the next call.
bool next_merged(Merge *merge, TupleTableSlot *slot);

/// Ends the reading, also before the last row. Not needed after an error.
void close_merge(Merge *merge);

} // namespace cedro::executor
