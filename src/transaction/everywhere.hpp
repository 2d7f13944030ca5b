// Commands that change the cluster's shared state: metadata, shells, objects.
// They run with the extension owner's rights in this distributed transaction.
#pragma once
#include "pg/arena.hpp"

namespace cedro::transaction {

/// True while this backend executes commands that come from the cluster itself
/// (here or sent by another node): utility and planner hooks let them pass as
/// plain PostgreSQL would.
bool is_applying();

/// Runs body with is_applying() true.
void apply(pg::FunctionRef<void()> body);

/// Runs SQL commands on this node: as the extension's owner, with search_path
/// pg_catalog, is_applying(). Used by the sender for its own part and by the
/// receiver of citus_internal.run_commands.
void run_here(std::span<const char *const> commands);

/// Runs the commands on one other node (CALL citus_internal.run_commands).
void run_on(int32 node_id, std::span<const char *const> commands);

/// Runs the commands on every other active primary, all nodes at the same time.
/// A node that cannot be reached is an error that names it.
void run_on_others(std::span<const char *const> commands);

/// run_here and run_on_others.
void run_everywhere(std::span<const char *const> commands);

/// Serialises changes of metadata over the whole cluster: takes the cluster's
/// DDL lock (on the coordinator) to the end of the transaction. Call before
/// reading the metadata that the change depends on.
void lock_metadata();

} // namespace cedro::transaction
