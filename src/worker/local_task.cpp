// Tasks in process: the text another node would get, executed here.
#include "pg/executor.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "pg/scope.hpp"
#include "worker/partial.hpp"
#include "worker/shard_error.hpp"
#include "worker/task.hpp"
#include "worker/union.hpp"

namespace cedro::worker {

namespace {

// Receives a row and keeps the slot it is in.
struct RowCatcher {
    DestReceiver receiver;
    TupleTableSlot *slot;
};

extern "C" bool catch_row(TupleTableSlot *slot, DestReceiver *self) {
    reinterpret_cast<RowCatcher *>(self)->slot = slot;
    return true;
}

// Hands each row on.
struct RowHandler {
    DestReceiver receiver;
    pg::FunctionRef<void(TupleTableSlot *)> *handle;
};

extern "C" bool handle_row(TupleTableSlot *slot, DestReceiver *self) {
    (*reinterpret_cast<RowHandler *>(self)->handle)(slot);
    return true;
}

extern "C" void begin_catching(DestReceiver *, int, TupleDesc) {}
extern "C" void end_catching(DestReceiver *) {}

} // namespace

struct LocalTask {
    MemoryContext context;
    Oid role;
    Snapshot snapshot;    ///< registered
    QueryDesc *execution; ///< nullptr when it is over
    TupleDesc type;
    RowCatcher catcher;
    Tuplestorestate *rows;  ///< of a task that writes; nullptr when it returns none
    TupleTableSlot *stored; ///< a row of these
    uint64 processed;
};

namespace {

// Runs body as the task: its role and its snapshot.
template <typename Body>
void as_task(LocalTask *task, Body &&body) {
    auto within = [&] {
        PushActiveSnapshot(task->snapshot);
        body();
        PopActiveSnapshot();
    };
    naming_tables([&] {
        if (task->role == GetUserId())
            within();
        else
            pg::with_user(task->role, SECURITY_LOCAL_USERID_CHANGE, within);
    });
}

Query *analysed(const char *sql, const List *values) {
    auto *types = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<size_t>(list_length(values) + 1)));
    int count = 0;
    for (const Const *value : pg::ListOf<const Const>(values)) types[count++] = value->consttype;
    List *statements = pg_parse_query(sql);
    if (list_length(statements) != 1)
        ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("a task must be one statement")));
    List *queries = pg_analyze_and_rewrite_fixedparams(linitial_node(RawStmt, statements), sql, types, count, nullptr);
    if (list_length(queries) != 1 || linitial_node(Query, queries)->commandType == CMD_UTILITY)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("a task must be a SELECT, INSERT, UPDATE, DELETE or MERGE without rules")));
    return linitial_node(Query, queries);
}

ParamListInfo parameters_of(const List *values) {
    if (values == NIL) return nullptr;
    ParamListInfo parameters = makeParamList(list_length(values));
    int position = 0;
    for (const Const *value : pg::ListOf<const Const>(values))
        parameters->params[position++] = {value->constvalue, value->constisnull, PARAM_FLAG_CONST, value->consttype};
    return parameters;
}

bool writes(const PlannedStmt *plan) { return plan->commandType != CMD_SELECT || plan->hasModifyingCTE; }

bool returns_rows(const PlannedStmt *plan) { return plan->commandType == CMD_SELECT || plan->hasReturning; }

// Carries a writing task out, so that the events of its triggers nest properly.
void complete(LocalTask *task) {
    QueryDesc *execution = task->execution;
    if (returns_rows(execution->plannedstmt)) {
        task->rows = tuplestore_begin_heap(false, false, work_mem);
        execution->dest = CreateDestReceiver(DestTuplestore);
        SetTuplestoreDestReceiverParams(execution->dest, task->rows, task->context, false, nullptr, nullptr);
        task->stored = MakeSingleTupleTableSlot(task->type, &TTSOpsMinimalTuple);
    }
    ExecutorRun(execution, ForwardScanDirection, 0, true);
    task->processed = execution->estate->es_processed;
    ExecutorFinish(execution);
    ExecutorEnd(execution);
    FreeQueryDesc(execution);
    task->execution = nullptr;
}

void begin(LocalTask *task, const char *sql, plan::GroupSet groups, const List *values) {
    Query *query = bind_all(analysed(sql, values), groups);
    ParamListInfo parameters = parameters_of(values);
    PlannedStmt *plan = plan_bound(query, sql, 0, parameters);
    task->catcher = {{catch_row, begin_catching, end_catching, end_catching, DestNone}, nullptr};
    task->execution =
        CreateQueryDesc(plan, sql, task->snapshot, InvalidSnapshot, &task->catcher.receiver, parameters, nullptr, 0);
    // A reading task stays open while others come and go: it must not hold a level of trigger events.
    ExecutorStart(task->execution, writes(plan) ? 0 : EXEC_FLAG_SKIP_TRIGGERS);
    task->type = CreateTupleDescCopy(task->execution->tupDesc);
    if (writes(plan)) complete(task);
}

} // namespace

LocalTask *start(const char *sql, plan::GroupSet groups, Oid role, const List *values) {
    MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "citus task", ALLOCSET_DEFAULT_SIZES);
    return pg::with_context(context, [&] {
        auto *task = pg::make<LocalTask>();
        task->context = context;
        task->role = OidIsValid(role) ? role : GetUserId();
        task->snapshot = RegisterSnapshot(ActiveSnapshotSet() ? GetActiveSnapshot() : GetTransactionSnapshot());
        as_task(task, [&] { begin(task, sql, groups, values); });
        return task;
    });
}

TupleTableSlot *next_row(LocalTask *task) {
    if (task->rows) return tuplestore_gettupleslot(task->rows, true, false, task->stored) ? task->stored : nullptr;
    if (!task->execution) return nullptr;
    task->catcher.slot = nullptr;
    as_task(task, [&] { ExecutorRun(task->execution, ForwardScanDirection, 1, false); });
    if (task->catcher.slot) task->processed++;
    return task->catcher.slot;
}

TupleDesc result_type(const LocalTask *task) { return task->type; }

uint64 processed(const LocalTask *task) { return task->processed; }

void finish(LocalTask *task) {
    if (task->execution) {
        as_task(task, [&] {
            ExecutorFinish(task->execution);
            ExecutorEnd(task->execution);
        });
        FreeQueryDesc(task->execution);
    }
    if (task->stored) ExecDropSingleTupleTableSlot(task->stored);
    if (task->rows) tuplestore_end(task->rows);
    UnregisterSnapshot(task->snapshot);
    MemoryContextDelete(task->context);
}

void run_each(const char *sql, plan::GroupSet groups, Oid role, pg::FunctionRef<void(TupleTableSlot *)> row) {
    LocalTask *task = start(sql, groups, role);
    if (task->execution) {
        RowHandler handler{{handle_row, begin_catching, end_catching, end_catching, DestNone}, &row};
        task->execution->dest = &handler.receiver;
        as_task(task, [&] { ExecutorRun(task->execution, ForwardScanDirection, 0, true); });
    }
    finish(task);
}

uint64 run(const char *sql, plan::GroupSet groups, Oid role) {
    CommandCounterIncrement();
    if (ActiveSnapshotSet())
        PushCopiedSnapshot(GetActiveSnapshot());
    else
        PushActiveSnapshot(GetTransactionSnapshot());
    UpdateActiveSnapshotCommandId();
    LocalTask *task = start(sql, groups, role);
    while (next_row(task)) CHECK_FOR_INTERRUPTS();
    const uint64 rows = processed(task);
    finish(task);
    PopActiveSnapshot();
    CommandCounterIncrement();
    return rows;
}

} // namespace cedro::worker
