#include "job/task.hpp"

#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "pg/background.hpp"
#include "pg/scope.hpp"
#include "pg/spi.hpp"
#include "pg/text.hpp"

namespace cedro::job {
namespace {

/// What the executor is told: where to connect to, and which task to run.
struct Assignment {
    Oid database;
    int64 task;
};
static_assert(sizeof(Assignment) <= BGW_EXTRALEN);

struct Task {
    Oid owner = InvalidOid;
    const char *command = nullptr;
};

std::optional<int64> first_number(const char *sql, pg::SqlArguments arguments) {
    std::optional<int64> result;
    pg::rows(sql, arguments, [&](HeapTuple tuple, TupleDesc type) {
        bool is_null;
        const Datum value = pg::field(tuple, type, 1, &is_null);
        if (!is_null) result = DatumGetInt64(value);
    });
    return result;
}

/// The process id of the executor, or nothing when the server has no process left for it.
std::optional<pid_t> start_executor(int64 task) {
    BackgroundWorker worker{};
    worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
    worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
    worker.bgw_restart_time = BGW_NEVER_RESTART;
    worker.bgw_notify_pid = MyProcPid;
    strlcpy(worker.bgw_library_name, "citus", sizeof worker.bgw_library_name);
    strlcpy(worker.bgw_function_name, "citus_task_executor", sizeof worker.bgw_function_name);
    strlcpy(worker.bgw_type, "citus background task executor", sizeof worker.bgw_type);
    snprintf(worker.bgw_name, sizeof worker.bgw_name, "citus background task " INT64_FORMAT, task);
    const Assignment assignment{MyDatabaseId, task};
    memcpy(worker.bgw_extra, &assignment, sizeof assignment);
    BackgroundWorkerHandle *handle;
    pid_t pid;
    if (!RegisterDynamicBackgroundWorker(&worker, &handle)) return std::nullopt;
    if (WaitForBackgroundWorkerStartup(handle, &pid) != BGWH_STARTED) return std::nullopt;
    return pid;
}

/// Runs body in a transaction of its own, connected to SPI.
void in_transaction(pg::FunctionRef<void()> body) {
    StartTransactionCommand();
    PushActiveSnapshot(GetTransactionSnapshot());
    pg::with_spi([&] { body(); });
    PopActiveSnapshot();
    CommitTransactionCommand();
}

/// Waits for the daemon's transaction that started this process, as it holds the row.
Task assigned(int64 id, MemoryContext keep) {
    Task task;
    in_transaction([&] {
        pg::rows("SELECT owner::oid, command FROM pg_catalog.pg_dist_background_task WHERE task_id = $1 AND status = "
                 "'running' FOR UPDATE",
                 {pg::arg(id)}, [&](HeapTuple tuple, TupleDesc type) {
                     task.owner = DatumGetObjectId(pg::field(tuple, type, 1));
                     task.command = MemoryContextStrdup(keep, TextDatumGetCString(pg::field(tuple, type, 2)));
                 });
    });
    return task;
}

/// In the owner's name, who cannot leave it. Returns the error's text, or nullptr. An error at commit ends the process;
/// the daemon finds it gone.
const char *run(const Task &task, MemoryContext keep) {
    StartTransactionCommand();
    PushActiveSnapshot(GetTransactionSnapshot());
    Oid user;
    int context;
    GetUserIdAndSecContext(&user, &context);
    ErrorData *error = pg::caught([&] {
        SetUserIdAndSecContext(task.owner, context | SECURITY_LOCAL_USERID_CHANGE);
        pg::with_spi([&] { pg::sql(task.command); });
        SetUserIdAndSecContext(user, context);
    });
    const char *message = error ? MemoryContextStrdup(keep, error->message) : nullptr;
    PopActiveSnapshot();
    CommitTransactionCommand();
    return message;
}

} // namespace

void start_tasks() {
    if (!cluster::is_coordinator()) return;
    pg::with_spi([] {
        pg::sql("SELECT citus_internal.revive_tasks()");
        int64 busy = first_number("SELECT citus_internal.busy_executors()", {}).value_or(0);
        for (; busy < setting::max_background_task_executors; ++busy) {
            const std::optional<int64> task = first_number("SELECT citus_internal.claim_task($1)",
                                                           {pg::arg(setting::max_background_task_executors_per_node)});
            if (!task) return;
            const std::optional<pid_t> pid = start_executor(*task);
            if (!pid) {
                pg::sql("UPDATE pg_catalog.pg_dist_background_task SET status = 'runnable' WHERE task_id = $1",
                        {pg::arg(*task)});
                ereport(LOG, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                              errmsg("no background worker is free for task " INT64_FORMAT, *task),
                              errhint("Raise max_worker_processes in postgresql.conf and restart the server.")));
                return;
            }
            pg::sql("UPDATE pg_catalog.pg_dist_background_task SET pid = $2 WHERE task_id = $1",
                    {pg::arg(*task), pg::arg(static_cast<int32>(*pid))});
        }
    });
}

extern "C" {
PGDLLEXPORT void citus_task_executor(Datum);
}

extern "C" void citus_task_executor(Datum) {
    Assignment assignment;
    memcpy(&assignment, MyBgworkerEntry->bgw_extra, sizeof assignment);
    pqsignal(SIGTERM, die);
    pqsignal(SIGINT, StatementCancelHandler);
    BackgroundWorkerUnblockSignals();
    BackgroundWorkerInitializeConnectionByOid(assignment.database, InvalidOid, 0);
    MemoryContext keep = TopMemoryContext;
    const Task task = assigned(assignment.task, keep);
    if (!task.command) proc_exit(0);
    pgstat_report_activity(STATE_RUNNING, task.command);
    const char *error = run(task, keep);
    in_transaction([&] {
        pg::sql("SELECT citus_internal.finish_task($1, $2, $3)",
                {pg::arg(assignment.task), pg::arg(error == nullptr), pg::arg(error ? error : "")});
    });
    proc_exit(0);
}

} // namespace cedro::job
