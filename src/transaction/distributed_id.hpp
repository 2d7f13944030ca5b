// The identity of a distributed transaction, and which backends of this server
// work for one: kept in shared memory, one slot per backend, so that recovery
// and the search for deadlocks see what runs.
#pragma once
#include "pg/arena.hpp"
#include "pg/transaction.hpp"

namespace cedro::transaction {

/// Unique in the cluster for ever: numbers grow from the time of the server's start.
struct DistributedId {
    int32 group;       ///< of the node that began the transaction
    uint64 number;     ///< 0: none
    TimestampTz stamp; ///< when it began

    bool operator==(const DistributedId &) const = default;
    explicit operator bool() const { return number != 0; }
};

/// A backend of this server that works for a distributed transaction.
struct Running {
    DistributedId id;
    Oid database;
    int32 pid;
    bool is_worker;    ///< another node began it
    int64 gpid;        ///< of the backend in which it began; 0: unknown
    uint64 own_number; ///< in the names of what this backend prepares on other nodes; 0: nothing yet
};

/// This backend's number in the whole cluster: node id × 10^10 + process id.
int64 my_gpid();

/// The number of the backend in which this transaction began: this one, or another node's.
int64 backend_gpid();

/// Calls for postmaster start (shmem_request_hook, shmem_startup_hook); in_doubt.hpp has its own.
void request_shared_memory();
void attach_shared_memory();

/// This backend's transaction; number 0 when it is not distributed.
DistributedId current_id();

/// The same, and makes one when there is none.
DistributedId assign_id();

/// The number under which this backend prepares on other nodes and records it
/// here: its transaction's own, or one of this node's when another node began it.
uint64 own_number();

/// Takes over the id that another node sent, with the global pid of the backend there.
void adopt_id(const DistributedId &id, int64 gpid);

/// Ends the assignment: after the transaction has become visible or has gone.
void clear_id();

/// The backends that work for a distributed transaction at this moment.
pg::Vector<Running> running();

/// Remembers that something was left for recovery.
void leave_to_recovery();
/// Whether something was left since this backend's last take_unfinished().
bool has_unfinished();
void take_unfinished();

/// Marks the transaction as the victim of a deadlock and cancels the backend in
/// which it began. False when it does not run here any more.
bool cancel_deadlocked(uint64 number);

/// Whether the pending cancel of this backend was sent for a deadlock.
bool is_deadlock_victim();

} // namespace cedro::transaction
