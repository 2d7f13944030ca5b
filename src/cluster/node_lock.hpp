// A lock on the use of a node, on the server that takes it: sessions with the
// node hold it shared to the end of their transaction, who changes the node's
// address holds it alone. So traffic to a node pauses while it fails over.
#pragma once
#include "pg/arena.hpp"

namespace cedro::cluster {

/// Before a node is connected to or used in a transaction: waits while its
/// address changes. Afterwards pg_dist_node must be read again.
void lock_node_shared(int32 node_id);

/// Before a node's address changes. With `is_forced`, backends that still use
/// the node after `cooldown` milliseconds are ended.
void lock_node_exclusive(int32 node_id, bool is_forced, int32 cooldown);

} // namespace cedro::cluster
