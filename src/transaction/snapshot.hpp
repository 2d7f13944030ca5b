// One picture for a statement that reads on several nodes: of a transaction that
// wrote on several nodes it sees all or nothing.
//
// Every node reports, with its snapshot, which transactions over several nodes
// are in doubt to it and which have lately been committed. Where the snapshots
// do not fit, they are patched (held_snapshot.hpp) or all taken anew.
//
// READ COMMITTED: for each statement. REPEATABLE READ: once, on all nodes, when
// the transaction first needs a second one. SERIALIZABLE keeps to one node.
#pragma once
#include "pg/executor.hpp"
#include "transaction/session.hpp"

namespace cedro::transaction {

/// Makes the snapshots of a statement that reads through these sessions fit each other; `here` is that of this
/// backend's own part, which nobody else uses, or nullptr when it reads nothing here. Returns the number by which
/// tasks name the snapshot (plan::group_parameter); 0: each task takes its own.
/// Raises 40001 in REPEATABLE READ when the snapshots that are fixed already do not fit.
int32 take_snapshots(std::span<Session *const> sessions, Snapshot here);

/// The snapshot of this number is not needed any more.
void release_snapshot(int32 number);

} // namespace cedro::transaction
