// Settles transactions that were prepared on other nodes and then left alone,
// because a node, a connection or this server broke.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::transaction {

/// Commits or rolls back, on all other nodes, what transactions of this node
/// have left prepared in this database; removes records that are not needed any
/// more. Returns how many prepared transactions it ended. Nodes that cannot be
/// reached are left for the next time, with a WARNING.
int recover();

/// Receiving side: ends a prepared transaction that the node of this session
/// began. True when it is there no more.
bool finish_prepared(const char *gid, bool is_commit);

} // namespace cedro::transaction
