// Commands that cannot run within a transaction (VACUUM, CREATE INDEX
// CONCURRENTLY), on nodes' own connections: each commits by itself.
#pragma once
#include "transaction/everywhere.hpp"

namespace cedro::transaction {

/// Ends the running transaction and begins another without a snapshot, so that
/// nothing that runs apart waits for this backend. Only outside of transaction
/// blocks; what shall live on must not be in a context of the transaction.
void leave_transaction();

/// Runs each node's commands (this node's too) one after the other, all nodes
/// at the same time, with the rights of the extension's owner; shards may be
/// named. Call leave_transaction() before. What they report reaches the client.
/// After an error no further command begins; once the running ones have ended, the error is raised.
void run_apart(std::span<const NodeCommands> parts);

} // namespace cedro::transaction
