// Starts one maintenance daemon for each database that holds the extension.
#include "job/launcher.hpp"

#include "job/roster.hpp"
#include "pg/arena.hpp"
#include "pg/background.hpp"

namespace cedro::job {
namespace {

constexpr long kPause = 10000; // milliseconds between two looks at daemons that ended

pg::Vector<Oid> databases() {
    pg::Vector<Oid> result;
    Relation catalog = table_open(DatabaseRelationId, AccessShareLock);
    TableScanDesc scan = table_beginscan_catalog(catalog, 0, nullptr);
    while (HeapTuple tuple = heap_getnext(scan, ForwardScanDirection)) {
        auto *row = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple));
        if (row->datallowconn && !row->datistemplate) result.push(row->oid);
    }
    table_endscan(scan);
    table_close(catalog, AccessShareLock);
    return result;
}

/// False when the server has no process left for it.
bool start(Oid database) {
    BackgroundWorker worker{};
    worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
    worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
    worker.bgw_restart_time = BGW_NEVER_RESTART;
    worker.bgw_main_arg = ObjectIdGetDatum(database);
    worker.bgw_notify_pid = 0;
    strlcpy(worker.bgw_library_name, "citus", sizeof worker.bgw_library_name);
    strlcpy(worker.bgw_function_name, "citus_maintenance_daemon", sizeof worker.bgw_function_name);
    strlcpy(worker.bgw_type, "citus maintenance daemon", sizeof worker.bgw_type);
    snprintf(worker.bgw_name, sizeof worker.bgw_name, "citus maintenance daemon for database %u", database);
    return RegisterDynamicBackgroundWorker(&worker, nullptr);
}

/// Starts what is missing. A daemon that finds no extension ends at once, so
/// databases that are not known are only tried when somebody asked for it.
void look(bool tries_unknown) {
    StartTransactionCommand();
    const pg::Vector<Oid> existing = databases();
    keep_only(existing);
    for (Oid each : existing) {
        const Vacancy vacancy = vacancy_of(each);
        if (vacancy == Vacancy::Taken || (vacancy == Vacancy::Unknown && !tries_unknown)) continue;
        if (start(each)) continue;
        ereport(LOG, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                      errmsg("no background worker is free for the maintenance daemon of a database"),
                      errhint("Raise max_worker_processes in postgresql.conf and restart the server.")));
        request_look();
        break;
    }
    CommitTransactionCommand();
}

} // namespace

void register_launcher() {
    BackgroundWorker worker{};
    worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
    // On a standby nothing is to be maintained: the launcher starts with its promotion.
    worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
    worker.bgw_restart_time = 5;
    strlcpy(worker.bgw_library_name, "citus", sizeof worker.bgw_library_name);
    strlcpy(worker.bgw_function_name, "citus_maintenance_launcher", sizeof worker.bgw_function_name);
    strlcpy(worker.bgw_type, "citus maintenance launcher", sizeof worker.bgw_type);
    strlcpy(worker.bgw_name, "citus maintenance launcher", sizeof worker.bgw_name);
    RegisterBackgroundWorker(&worker);
}

extern "C" {
PGDLLEXPORT void citus_maintenance_launcher(Datum);
}

extern "C" void citus_maintenance_launcher(Datum) {
    pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
    pqsignal(SIGHUP, SignalHandlerForConfigReload);
    BackgroundWorkerUnblockSignals();
    BackgroundWorkerInitializeConnection(nullptr, nullptr, 0);
    set_launcher();
    while (!ShutdownRequestPending) {
        CHECK_FOR_INTERRUPTS();
        if (ConfigReloadPending) {
            ConfigReloadPending = false;
            ProcessConfigFile(PGC_SIGHUP);
        }
        look(take_request());
        pgstat_report_activity(STATE_IDLE, nullptr);
        WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, kPause, PG_WAIT_EXTENSION);
        ResetLatch(MyLatch);
        // Whoever wakes the launcher in a row does not make it spin.
        pg_usleep(100000);
    }
    proc_exit(1);
}

} // namespace cedro::job
