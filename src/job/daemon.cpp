// The maintenance daemon of one database. It works in short transactions and
// keeps no connections, so that nobody waits for it.
#include "catalog/relation.hpp"
#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "job/roster.hpp"
#include "job/task.hpp"
#include "move/leftover.hpp"
#include "net/wait.hpp"
#include "pg/background.hpp"
#include "pg/catalog.hpp"
#include "pg/lock.hpp"
#include "pg/scope.hpp"
#include "pg/spi.hpp"
#include "transaction/deadlock.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/recovery.hpp"

namespace cedro::job {
namespace {

constexpr int64 kLongestSleep = 10000; // milliseconds
constexpr int64 kSoon = 3000;          // what a transaction has left is looked after at once, again and again

/// A duty and when it is due next.
struct Duty {
    const char *activity;
    int64 (*interval)(); ///< milliseconds; not positive: switched off
    void (*perform)();
    net::Deadline due;
};

int64 deadlock_interval() {
    return static_cast<int64>(setting::distributed_deadlock_detection_factor * DeadlockTimeout);
}

int64 recovery_interval() {
    const int64 interval = setting::recover_2pc_interval;
    return transaction::has_unfinished() ? std::min(interval, kSoon) : interval;
}

// Somebody may be waiting for what is in doubt here.
int64 settling_interval() { return transaction::has_parts_to_settle() ? 300 : 1000; }

void settle() {
    if (transaction::has_parts_to_settle()) transaction::settle_here();
}

int64 cleaning_interval() { return setting::defer_shard_delete_interval; }

void clean_up() {
    if (cluster::is_coordinator()) move::clean_up();
}

int64 address_interval() { return setting::metadata_sync_retry_interval; }

int64 task_interval() { return setting::background_task_queue_interval; }

// Through SQL: the code is on the same floor.
void tell_addresses() {
    if (cluster::is_coordinator()) pg::with_spi([] { pg::sql("SELECT citus_internal.push_node_rows()"); });
}

// What holds a remote statement up must not hold the shutdown up: the signal cancels it, too.
extern "C" void shut_down(SIGNAL_ARGS) {
    const int saved = errno;
    ShutdownRequestPending = true;
    QueryCancelPending = true;
    InterruptPending = true;
    SetLatch(MyLatch);
    errno = saved;
}

/// False when the extension is gone. Until the end of the transaction it stays: DROP EXTENSION locks the extension
/// before its tables, which a duty may lock in any order, and each would wait for the other.
bool hold_extension() {
    const Oid extension = get_extension_oid("citus", true);
    if (!OidIsValid(extension)) return false;
    LockDatabaseObject(ExtensionRelationId, extension, 0, AccessShareLock);
    return catalog::is_extension_ready();
}

/// In a transaction of its own. What fails is logged and tried again the next time.
void perform(const Duty &duty) {
    StartTransactionCommand();
    PushActiveSnapshot(GetTransactionSnapshot());
    pgstat_report_activity(STATE_RUNNING, duty.activity);
    ErrorData *error = pg::caught([&] {
        if (hold_extension()) duty.perform();
    });
    if (error && !ShutdownRequestPending)
        ereport(LOG, (errcode(error->sqlerrcode), errmsg("%s failed: %s", duty.activity, error->message),
                      error->detail ? errdetail_internal("%s", error->detail) : 0));
    PopActiveSnapshot();
    CommitTransactionCommand();
    pgstat_report_activity(STATE_IDLE, nullptr);
}

bool has_extension() {
    StartTransactionCommand();
    PushActiveSnapshot(GetTransactionSnapshot());
    const bool result = catalog::is_extension_ready();
    PopActiveSnapshot();
    CommitTransactionCommand();
    return result;
}

net::Deadline perform_what_is_due(std::span<Duty> duties) {
    net::Deadline next = net::in_milliseconds(kLongestSleep);
    for (Duty &each : duties) {
        const int64 interval = each.interval();
        if (interval <= 0 || ShutdownRequestPending) continue;
        if (net::now() >= each.due) {
            perform(each);
            each.due = net::in_milliseconds(interval);
        }
        each.due = std::min(each.due, net::in_milliseconds(interval));
        next = std::min(next, each.due);
    }
    return next;
}

void serve() {
    Duty duties[] = {
        {"search for cycles of waits over several nodes", deadlock_interval, [] { transaction::check_deadlocks(); }, 0},
        {"telling nodes the addresses of others", address_interval, tell_addresses, 0},
        {"settling of transactions that are in doubt here", settling_interval, settle, 0},
        {"recovery of prepared transactions", recovery_interval, [] { transaction::recover(); }, 0},
        {"removal of what moved shards left behind", cleaning_interval, clean_up, 0},
        {"start of background tasks", task_interval, start_tasks, 0},
    };
    while (!ShutdownRequestPending) {
        CHECK_FOR_INTERRUPTS();
        if (ConfigReloadPending) {
            ConfigReloadPending = false;
            ProcessConfigFile(PGC_SIGHUP);
        }
        if (!has_extension()) {
            leave_for_good();
            return;
        }
        const int64 rest = perform_what_is_due(duties) - net::now();
        if (ShutdownRequestPending) return;
        WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, static_cast<long>(std::max<int64>(rest, 1)),
                  PG_WAIT_EXTENSION);
        ResetLatch(MyLatch);
    }
}

} // namespace

extern "C" {
PGDLLEXPORT void citus_maintenance_daemon(Datum database);
}

extern "C" void citus_maintenance_daemon(Datum database) {
    pqsignal(SIGTERM, shut_down);
    pqsignal(SIGHUP, SignalHandlerForConfigReload);
    if (!enter(DatumGetObjectId(database))) proc_exit(0);
    BackgroundWorkerUnblockSignals();
    BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(database), InvalidOid, 0);
    // A connection that is kept would be in the way of a DROP DATABASE there.
    SetConfigOption("citus.max_cached_conns_per_worker", "0", PGC_SUSET, PGC_S_OVERRIDE);
    QueryCancelPending = false;
    serve();
    proc_exit(0);
}

} // namespace cedro::job
