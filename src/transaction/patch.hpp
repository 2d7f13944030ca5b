// Changes of snapshots in place. The xmin of a snapshot never moves: what it
// protects from VACUUM stays protected, and a lower xmin than needed is right.
#pragma once
#include "pg/transaction.hpp"

namespace cedro::transaction {

/// Makes the snapshot show what a later one shows.
void advance(Snapshot snapshot, const SnapshotData *later);

/// Makes the snapshot show a committed transaction and its subtransactions, the
/// highest of which is `last`. The transaction must have ended before: a row
/// version whose maker is neither running nor in the snapshot's lists counts as
/// committed or, if the commit log does not know yet, as dead for ever.
void include(Snapshot snapshot, TransactionId xid, TransactionId last);

} // namespace cedro::transaction
