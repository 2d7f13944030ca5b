// Which parts of transactions over several nodes are in doubt on this server:
// done with all their work and prepared, or about to commit together with what
// other nodes have prepared. Kept in shared memory, for snapshots
// (held_snapshot.hpp) and for whoever settles what a crash left behind.
//
// A part is entered before it prepares and leaves when it is committed or rolled
// back. Before it commits it is also written into a ring of what was committed
// lately: so whoever sees a part committed finds it in one of the two.
#pragma once
#include "pg/arena.hpp"
#include "pg/transaction.hpp"
#include "transaction/gid.hpp"
#include "transaction/snapshot_report.hpp"

namespace cedro::transaction {

struct Part {
    Gid gid; ///< connection 0: the part of the node that decides
    TransactionId xid;
    TransactionId last_xid; ///< the highest of xid and its subtransactions; invalid: not known (before a restart)
    Oid database;
    Groups groups;         ///< where the transaction writes
    bool changes_metadata; ///< it is not to be overtaken by statements that know the change
    int64 since;           ///< pg::monotonic_time() when it was entered

    GlobalId id() const { return {gid.group, gid.number}; }
};

/// A part whose commit has begun here.
struct Decided {
    GlobalId id;
    TransactionId xid;
    Oid database;
    Groups groups;
    int64 since; ///< when its commit began
};

/// Calls for postmaster start.
void request_in_doubt_memory();
void attach_in_doubt_memory();

/// What the PREPARE TRANSACTION at hand is part of; entered before it prepares.
void announce_prepare(const Gid &gid, const Groups &groups, bool changes_metadata);

/// PRE_PREPARE: enters what was announced, if anything. Waits while a reader protects its round.
void enter_announced();

/// PRE_COMMIT on the node that decides, when it has written rows itself.
void enter_deciding(const Gid &gid, const Groups &groups);

/// PREPARE: the part stays, prepared. COMMIT and ABORT of the backend that entered it: it leaves.
void leave_prepared();
void leave_own();

/// Runs body, which commits or rolls back a prepared part (COMMIT PREPARED, recovery).
void finish_part(const Gid &gid, bool is_commit, pg::FunctionRef<void()> body);

/// The parts of this database that are in doubt, those of before a restart included.
pg::Vector<Part> parts_in_doubt();

/// Whether any part is in doubt on this server; costs next to nothing.
bool has_parts_in_doubt();

/// What began to commit in this database since then, youngest first, and these whenever they did.
/// is_complete: the ring reaches back that far.
pg::Vector<Decided> decided_since(int64 since, std::span<const GlobalId> wanted, bool &is_complete);

/// Waits, a second at most, for changes of the metadata that are in doubt here: whoever sends a statement may have
/// seen them on a node where they are visible already.
void wait_for_metadata_changes();

/// While a reader protects its round, nobody prepares (for a tenth of a second at most).
/// Ends with the next call with false, at the latest with the transaction.
void protect_round(bool is_protected);

} // namespace cedro::transaction
