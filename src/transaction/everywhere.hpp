// Commands that change the cluster's shared state: metadata, shells, objects.
// They run with the extension owner's rights in this distributed transaction.
#pragma once
#include "pg/arena.hpp"

namespace cedro::transaction {

/// Class (field 4) of the advisory lock that lock_metadata() takes.
inline constexpr uint16 kDdlLockClass = 15;

/// True while this backend executes commands that come from the cluster itself
/// (here or sent by another node): utility and planner hooks let them pass as
/// plain PostgreSQL would.
bool is_applying();

/// Whether commands of the cluster ran in this transaction.
bool has_applied();
/// The end of the transaction.
void forget_applied();

/// Runs body with is_applying() true.
void apply(pg::FunctionRef<void()> body);

/// Runs body, which may call code of users, with is_applying() false: that code must not pass for the cluster.
void without_applying(pg::FunctionRef<void()> body);

/// Runs SQL commands on this node: as the extension's owner, with search_path
/// pg_catalog, is_applying(). Used by the sender for its own part and by the
/// receiver of citus_internal.run_commands.
void run_here(std::span<const char *const> commands);

/// Runs the commands on one other node (CALL citus_internal.run_commands).
void run_on(int32 node_id, std::span<const char *const> commands);

/// Commands for one other node.
struct NodeCommands {
    int32 node_id;
    std::span<const char *const> commands;
};

/// Runs each node's commands there, all nodes at the same time.
void run_on_each(std::span<const NodeCommands> parts);

/// Runs the commands on every other active primary, all nodes at the same time.
/// A node that cannot be reached is an error that names it.
void run_on_others(std::span<const char *const> commands);

/// run_here and run_on_others, under lock_metadata(); counts as one change of the metadata.
void run_everywhere(std::span<const char *const> commands);

/// Serialises changes of metadata over the whole cluster: takes the cluster's
/// DDL lock (on the coordinator) to the end of the transaction. Call before
/// reading the metadata that the change depends on.
void lock_metadata();

/// The coordinator's part of lock_metadata().
void lock_metadata_here();

/// How many changes of the metadata this node has seen; all nodes agree when none is under way.
int64 metadata_version();

} // namespace cedro::transaction
