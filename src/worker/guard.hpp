// An empty shell is never read or written silently.
#pragma once
#include "pg/executor.hpp"
#include "pg/scope.hpp"

namespace cedro::worker {

/// Raises when the plan reads or writes the storage of a shell by a node of
/// PostgreSQL: some rule of the planner forgot to take it. Commands of the
/// cluster itself and foreign key checks may. Called from the ExecutorStart hook.
void check_plan(const PlannedStmt *plan);

/// Whether the plan uses rows of users that PostgreSQL keeps on this node: of local tables, or of shards.
bool uses_rows_here(const PlannedStmt *plan);

/// In a serializable transaction: counts this node among those that it uses,
/// when the plan reads or writes rows of users here. Raises 0A000 when it uses
/// another node already. In REPEATABLE READ: the snapshot stays as it is from now on.
/// Called from the ExecutorStart hook.
void count_as_used(const PlannedStmt *plan);

/// Runs body, whose statements mean the rows in the storage of shells (a table
/// that is being distributed still has its own).
void reading_shell(pg::FunctionRef<void()> body);

/// Whether such a scope is open.
bool is_reading_shell();

} // namespace cedro::worker
