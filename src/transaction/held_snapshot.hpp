// Snapshots that a node holds for statements which read on several nodes, and
// how they are made to fit each other: the node reports what is in doubt to
// them, and puts into them what turns out to be committed.
//
// Putting T into a snapshot s is legal when T had done all its work before s was
// taken (its part was entered before): whatever T read or overwrote is in s, and
// its rows are locked until it is visible, so nobody in s has overwritten them.
#pragma once
#include "pg/arena.hpp"
#include "pg/executor.hpp"
#include "transaction/in_doubt.hpp"
#include "transaction/snapshot_report.hpp"

namespace cedro::transaction {

/// What is asked of a node when it takes a snapshot.
struct SnapshotRequest {
    int32 number;                     ///< of the snapshot in this transaction, from 1
    int32 oldest;                     ///< those with lower numbers are not needed any more
    int64 window;                     ///< microseconds: commits that began later are reported
    bool is_protected;                ///< nobody may prepare before the next message
    std::span<const GlobalId> wanted; ///< reported in any case
};

/// What it answers.
struct SnapshotAnswer {
    pg::Vector<Sighting> sightings;
    bool is_fixed;    ///< rows were read with the snapshot before
    bool is_complete; ///< the window was covered
};

/// On a node that takes part. READ COMMITTED: takes a snapshot and holds it.
/// REPEATABLE READ: the transaction's one, brought up to date when nothing was read with it yet.
SnapshotAnswer hold_snapshot(const SnapshotRequest &request);

/// Puts transactions that the answer called in doubt, and that are decided, into
/// a held snapshot. Waits until they are committed here, and helps when that takes long.
void patch_snapshot(int32 number, std::span<const GlobalId> ids);

/// The same for this backend's own statement, whose snapshot changes in place:
/// in READ COMMITTED nobody else may use it.
SnapshotAnswer renew_snapshot(Snapshot snapshot, const SnapshotRequest &request);
void patch_own_snapshot(Snapshot snapshot, std::span<const GlobalId> ids);

/// The snapshot of a number, for a statement that starts now: its own copy,
/// registered; raises 08P01 when it is not held.
Snapshot held_snapshot(int32 number);

/// The answer on its way to the node that asked.
const char *write_answer(const SnapshotAnswer &answer);
/// Raises 08P01 when it is malformed.
SnapshotAnswer read_answer(std::string_view text);

/// Whether any is held.
bool has_held_snapshots();

/// Rows are about to be read with the transaction's snapshot.
void fix_snapshot();

/// Before a commit: nothing is read any more.
void release_held_snapshots();

/// The end of the transaction.
void forget_held_snapshots();

} // namespace cedro::transaction
