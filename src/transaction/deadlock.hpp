// Cycles of waits that no node sees alone.
#pragma once
#include "transaction/wait_edges.hpp"

namespace cedro::transaction {

/// The waits on this node and on all others that can be reached.
pg::Vector<WaitEdge> global_wait_edges();

/// Ends, with 40P01, each transaction that began on this node and is the
/// youngest of a cycle. Every node does so for its own. True when one was found.
bool check_deadlocks();

/// For emit_log_hook: a cancel that was sent for a deadlock says so, wherever it struck.
void correct_cancel(ErrorData *error);

/// Raises 40P01 when this backend's transaction was chosen.
void raise_if_victim();

} // namespace cedro::transaction
