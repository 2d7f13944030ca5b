// Settles transactions that were prepared on other nodes and then left alone,
// because a node, a connection or this server broke.
#pragma once
#include "pg/postgres.hpp"
#include "transaction/gid.hpp"
#include "transaction/snapshot_report.hpp"

namespace cedro::transaction {

/// Commits or rolls back, on all other nodes, what transactions of this node
/// have left prepared in this database; removes records that are not needed any
/// more. Returns how many prepared transactions it ended. Nodes that cannot be
/// reached are left for the next time, with a WARNING.
int recover();

/// Receiving side: ends a prepared transaction that the node of this session
/// began. True when it is there no more.
bool finish_prepared(const char *gid, bool is_commit);

/// Commits or rolls back a part that is prepared here. Whether it is there no more; false when somebody else is at it.
bool end_part(const Gid &parts, const char *gid, bool is_commit);

/// Commits a part that is prepared here and of which another node shows that it
/// is decided. What somebody else is committing at the moment is left to them.
void commit_decided(const char *gid);

enum class Outcome : char {
    Running = 'r',
    Committed = 'c',
    RolledBack = 'a', ///< or forgotten, which is the same to a part that is still prepared
    Unknown = '?'     ///< the node that decides cannot be reached
};

/// Ends what is prepared on this node since some time, after asking the nodes
/// that decide, or, when these cannot be reached, others that took part: so that
/// whoever waits for it does not wait long. Leaves alone what no node of this cluster has begun.
void settle_here();

/// Whether there may be anything to settle; costs next to nothing.
bool has_parts_to_settle();

/// What this node knows of a transaction that another one decides: Committed or Unknown.
Outcome seen_outcome(const GlobalId &id);

/// The outcome of a transaction that this node decides. Ask after having seen a part of it prepared.
Outcome own_outcome(uint64 number);

/// The same for any transaction; asks the node that decides.
Outcome outcome_of(const GlobalId &id);

} // namespace cedro::transaction
