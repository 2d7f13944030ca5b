// Runs a write in shard groups: on every placement of each group, on all nodes
// at the same time, within this distributed transaction.
#pragma once
#include "pg/executor.hpp"
#include "plan/message.hpp"
#include "table/table.hpp"
#include "worker/placement.hpp"

namespace cedro::executor {

/// What one shard group executes.
struct WriteTask {
    int ordinal;     ///< of the target's shard
    const char *sql; ///< over shells, without header
    plan::GroupSet groups;
    List *values = NIL; ///< of the parameters in `sql`, as plan::task_text() gives them
};

struct Write {
    const table::Table *table; ///< the target, as worker::lock_shards gave it
    Oid role;                  ///< in whose name
    TupleDesc returning;       ///< the rows that tasks return, or nullptr
    bool is_in_order = false;  ///< one node after the other, in the same order for all who write so
    bool reads = false;        ///< what it writes depends on rows: all tasks must see the same picture
};

/// Takes the rows that a task (by its index) returns, in the order in which its node
/// gave them. The slot's values live until the call returns.
using RowTaker = pg::FunctionRef<void(size_t task, TupleTableSlot *row)>;

/// Runs all tasks, brings keys that hold over all shards up to date and returns
/// the number of rows processed (each copied row once). The caller has locked the groups
/// (worker::lock_shards). Raises XX001 when copies of a group processed different numbers of rows.
uint64 run_write(const Write &write, std::span<const WriteTask> tasks, RowTaker take);

} // namespace cedro::executor
