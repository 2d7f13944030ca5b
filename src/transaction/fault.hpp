// Faults on request between the steps of the commit protocol, for tests: the
// setting citus.fault_points (superusers only) holds elements like
// `prepared=crash`, `recorded=sleep 500`, `node_commit=error`.
#pragma once

namespace cedro::transaction {

enum class FaultPoint {
    // On the node that decides.
    Prepare,        ///< before the first PREPARE TRANSACTION is sent
    PrepareSent,    ///< after it, before the next one
    Prepared,       ///< all have prepared; nothing is decided
    Recorded,       ///< decided; nobody has heard of it
    FirstCommitted, ///< one node has committed
    Committed,      ///< all have
    // On a node that takes part.
    NodePrepare,   ///< told to prepare
    NodePrepared,  ///< prepared, not answered
    NodeCommit,    ///< told to commit
    NodeCommitted, ///< committed, not answered
    // In a reader.
    NodeSnapshot, ///< between the look at what is in doubt and the snapshot
    NodePatch     ///< before waiting for a transaction that is to be put into a snapshot
};

/// Does what the setting asks for at this point: nothing, an error, a pause in milliseconds, or the end of
/// the process as by kill -9, after which the server restarts. Where `may_raise` is false an error is a crash.
void reach(FaultPoint point, bool may_raise = true);

/// Whether something is to happen there.
bool is_faulty(FaultPoint point);

} // namespace cedro::transaction
