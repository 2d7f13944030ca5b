#include "cluster/node_lock.hpp"

#include "pg/guc.hpp"
#include "pg/lock.hpp"
#include "pg/scope.hpp"

namespace cedro::cluster {

namespace {

constexpr uint16 kNodeLockClass = 20; // of advisory locks; unused by PostgreSQL and Citus

LOCKTAG tag_of(int32 node_id) {
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, static_cast<uint32>(node_id), 0, kNodeLockClass);
    return tag;
}

void end_holders(const LOCKTAG &tag) {
    VirtualTransactionId *holders = GetLockConflicts(&tag, ExclusiveLock, nullptr);
    for (; VirtualTransactionIdIsValid(*holders); ++holders)
        if (PGPROC *process = BackendIdGetProc(holders->backendId))
            if (process->pid != 0) kill(process->pid, SIGTERM);
}

// Waits in the lock's queue, so that no newcomer overtakes; returns whether it was granted in time.
bool acquire_within(const LOCKTAG &tag, int32 milliseconds) {
    const ErrorData *error = pg::caught([&] {
        const int level = NewGUCNestLevel();
        const char *limit = psprintf("%d", milliseconds);
        set_config_option("lock_timeout", limit, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
        LockAcquire(&tag, ExclusiveLock, false, false);
        AtEOXact_GUC(true, level);
    });
    if (error && error->sqlerrcode != ERRCODE_LOCK_NOT_AVAILABLE) ReThrowError(const_cast<ErrorData *>(error));
    return error == nullptr;
}

constexpr int32 kRetryMilliseconds = 200;

} // namespace

void lock_node_shared(int32 node_id) {
    const LOCKTAG tag = tag_of(node_id);
    LockAcquire(&tag, ShareLock, false, false);
    AcceptInvalidationMessages();
}

void lock_node_exclusive(int32 node_id, bool is_forced, int32 cooldown) {
    const LOCKTAG tag = tag_of(node_id);
    if (!is_forced) {
        LockAcquire(&tag, ExclusiveLock, false, false);
        return;
    }
    int32 patience = Max(cooldown, 1);
    while (!acquire_within(tag, patience)) {
        end_holders(tag);
        patience = kRetryMilliseconds;
    }
}

} // namespace cedro::cluster
