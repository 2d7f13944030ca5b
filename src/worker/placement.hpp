// Sessions with the nodes of a table's placements, and the locks that keep
// copies of a shard group equal.
//
// A shard group with several placements is locked on every placement before a
// statement that writes to it is sent: shared by an INSERT by key, exclusively by
// everything else. The lock travels as a message of its own, so that the
// statement's snapshot is taken after it. Lock order: the first placement of each
// group, by (node group, colocation, ordinal), and only when all those are held
// the others. Who waits for a second placement waits for a transaction that is
// already committing, so writers of one group never wait for each other in a ring.
#pragma once
#include "pg/arena.hpp"
#include "table/table.hpp"
#include "transaction/session.hpp"

namespace cedro::worker {

enum class ShardLock : bool { Shared, Exclusive };

/// The session with the node of a placement that is not on this node. Raises an
/// error that names node and table when it cannot be reached.
transaction::Session *session_of(const table::Table &table, const table::Placement &placement);

/// Passes the gates of these shard groups (transaction/gate.hpp), and locks those
/// with several placements on all of them. Every write calls it before it looks where the
/// placements are, and goes to where the table returned says.
const table::Table &lock_shards(const table::Table &table, std::span<const int> ordinals, ShardLock lock);

} // namespace cedro::worker
