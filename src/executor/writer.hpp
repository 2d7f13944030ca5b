// Carries out the tasks of an UPDATE, DELETE or MERGE on every copy of the rows.
#pragma once
#include "executor/placement.hpp"
#include "pg/executor.hpp"

namespace cedro::executor {

/// Runs the text in each task's groups on all active placements of the table
/// it writes, all nodes at the same time, and settles global keys. Shard groups
/// with several placements are locked exclusively first; that the copies
/// changed equally many rows is checked. RETURNING rows (of one copy) go to
/// `rows`, whose type is `type`; both nullptr when there are none. Returns the
/// number of rows changed.
uint64 write(const char *sql, Oid target, std::span<const Task> tasks, Oid role, TupleDesc type, Tuplestorestate *rows);

} // namespace cedro::executor
