// A gate for each shard group, on every node. Whoever writes to a group passes
// its gate on the node where the statement runs, before looking where the
// placements are; whoever moves or copies a placement closes the gates of all
// nodes. So no writer is on its way to a place that is no more, and writers to
// most other groups do not wait. Order: by colocation, then by ordinal modulo 64.
#pragma once
#include "pg/arena.hpp"

namespace cedro::transaction {

/// The place of a group's gate in the order of its colocation. Groups may share one.
int gate_number(int ordinal);

/// Passes the gates of these groups, to the end of the transaction. Waits while
/// one is closed; then the caches are up to date: look placements up afterwards.
void pass_gates(int32 colocation, std::span<const int> ordinals);

/// Closes the gate of a group on this node to everybody else, to the end of
/// the transaction, once those who passed it have ended theirs.
void close_gate(int32 colocation, int ordinal);

} // namespace cedro::transaction
