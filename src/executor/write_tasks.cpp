#include "executor/write_tasks.hpp"

#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "executor/parameters.hpp"
#include "executor/row_decoder.hpp"
#include "pg/scope.hpp"
#include "plan/binary_type.hpp"
#include "transaction/snapshot.hpp"
#include "unique/settle.hpp"
#include "worker/task.hpp"

namespace cedro::executor {

namespace {

// A task on one placement.
struct Run {
    size_t task;
    const table::Placement *placement;
    bool gives_rows;               // of all copies, one placement's rows are used
    transaction::Session *session; // nullptr: this node
    transaction::Ticket ticket;
    uint64 processed;
};

// Reads the rows that other nodes return.
struct RemoteRows {
    Decoder *decoder;
    TupleTableSlot *slot;
    MemoryContext row_context;
};

struct Running {
    const Write *write;
    std::span<const WriteTask> tasks;
    pg::Vector<Run> runs;
    int32 snapshot; // that the nodes hold for it; 0: none
};

void add_runs(Running &running, size_t task) {
    const table::Table &table = *running.write->table;
    const size_t first = running.runs.size();
    for (const table::Placement &placement : table.shards[static_cast<size_t>(running.tasks[task].ordinal)].placements)
        if (placement.is_active) running.runs.push({task, &placement, false, nullptr, 0, 0});
    if (running.runs.size() == first)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("a shard of table \"%s\" has no active placement", get_rel_name(table.relid))));
    Run *giver = &running.runs[first];
    for (size_t i = first; i < running.runs.size(); i++)
        if (running.runs[i].placement->group == cluster::local_group()) giver = &running.runs[i];
    giver->gives_rows = true;
}

void send(Running &running, Run &run) {
    const Write &write = *running.write;
    run.session = worker::session_of(*write.table, *run.placement);
    const WriteTask &task = running.tasks[run.task];
    const pg::Vector<transaction::Parameter> parameters = parameters_of(task.values);
    transaction::Statement statement{plan::with_groups(task.sql, task.groups, running.snapshot), parameters,
                                     write.role};
    statement.writes = true;
    statement.is_repeated = true;
    statement.shape = shape_of(write.returning);
    statement.is_binary = write.returning && plan::travels_in_binary(write.returning);
    run.ticket = transaction::send(run.session, statement);
}

void run_here(Running &running, Run &run, RowTaker take) {
    const WriteTask &local = running.tasks[run.task];
    worker::LocalTask *task = worker::start(local.sql, local.groups, running.write->role, local.values);
    if (running.write->returning && run.gives_rows)
        while (TupleTableSlot *row = worker::next_row(task)) take(run.task, row);
    run.processed = worker::processed(task);
    worker::finish(task);
}

RemoteRows make_remote_rows(TupleDesc type) {
    return {make_decoder(type), MakeSingleTupleTableSlot(type, &TTSOpsVirtual),
            AllocSetContextCreate(CurrentMemoryContext, "citus returned row", ALLOCSET_DEFAULT_SIZES)};
}

void receive(Run &run, const RemoteRows *rows, RowTaker take) {
    const PGresult *result = transaction::receive(run.session, run.ticket);
    run.processed = strtoull(PQcmdTuples(const_cast<PGresult *>(result)), nullptr, 10);
    if (!rows || !run.gives_rows) return;
    for (int row = 0; row < PQntuples(result); row++) {
        MemoryContextReset(rows->row_context);
        pg::with_context(rows->row_context, [&] { decode(rows->decoder, result, row, rows->slot); });
        take(run.task, rows->slot);
    }
}

// Every copy must have done the same.
uint64 count(const Running &running) {
    uint64 total = 0;
    for (const Run &run : running.runs) {
        if (run.gives_rows) total += run.processed;
        for (const Run &other : running.runs)
            if (other.task == run.task && other.processed != run.processed)
                ereport(ERROR,
                        (errcode(ERRCODE_DATA_CORRUPTED),
                         errmsg("copies of a shard of table \"%s\" differ", get_rel_name(running.write->table->relid)),
                         errdetail("The statement processed " UINT64_FORMAT " rows on node group %d and " UINT64_FORMAT
                                   " on node group %d. Nothing was written.",
                                   run.processed, run.placement->group, other.processed, other.placement->group)));
    }
    return total;
}

// Keys over all shards, which tasks recorded the changes of.
void settle(const Running &running) {
    // Foreign keys may carry the change of a reference table to any shard.
    if (running.write->table->is_reference()) return unique::settle_everywhere();
    pg::Vector<int32> nodes;
    for (const Run &run : running.runs) {
        const int32 node = cluster::primary_of(run.placement->group)->id;
        if (!nodes.contains(node)) nodes.push(node);
    }
    unique::settle(nodes);
}

// Other nodes work while this one does.
void run_together(Running &running, std::span<Run> runs, const RemoteRows *rows, RowTaker take) {
    for (Run &run : runs)
        if (run.placement->group != cluster::local_group()) send(running, run);
    for (Run &run : runs)
        if (!run.session) run_here(running, run, take);
    for (Run &run : runs)
        if (run.session) receive(run, rows, take);
}

void run_all(Running &running, const RemoteRows *rows, RowTaker take) {
    run_together(running, {running.runs.begin(), running.runs.size()}, rows, take);
}

void run_node_by_node(Running &running, const RemoteRows *rows, RowTaker take) {
    std::sort(running.runs.begin(), running.runs.end(), [](const Run &a, const Run &b) {
        return std::pair(a.placement->group, a.task) < std::pair(b.placement->group, b.task);
    });
    for (size_t first = 0; first < running.runs.size();) {
        size_t end = first;
        while (end < running.runs.size() && running.runs[end].placement->group == running.runs[first].placement->group)
            end++;
        run_together(running, {&running.runs[first], end - first}, rows, take);
        first = end;
    }
}

void run_one_by_one(Running &running, const RemoteRows *rows, RowTaker take) {
    for (Run &run : running.runs) {
        if (run.placement->group == cluster::local_group()) {
            run_here(running, run, take);
            continue;
        }
        send(running, run);
        receive(run, rows, take);
    }
}

// The active snapshot, which is a copy of its own, is this node's.
void fit_snapshots(Running &running) {
    if (running.runs.size() <= 1 && !IsolationUsesXactSnapshot()) return;
    pg::Vector<transaction::Session *> sessions;
    bool is_here = false;
    for (const Run &run : running.runs) {
        if (run.placement->group == cluster::local_group()) {
            is_here = true;
            continue;
        }
        transaction::Session *session = worker::session_of(*running.write->table, *run.placement);
        if (!sessions.contains(session)) sessions.push(session);
    }
    running.snapshot = transaction::take_snapshots(sessions, is_here ? GetActiveSnapshot() : nullptr);
}

} // namespace

uint64 run_write(const Write &write, std::span<const WriteTask> tasks, RowTaker take) {
    Running running{&write, tasks, pg::Vector<Run>(), 0};
    for (size_t i = 0; i < tasks.size(); i++) add_runs(running, i);
    const bool is_sequential = setting::multi_shard_modify_mode == setting::kModifySequential;
    RemoteRows rows{};
    if (write.returning) rows = make_remote_rows(write.returning);
    // What the locks let through since the statement began must be seen here as it is on the other nodes.
    PushActiveSnapshot(GetTransactionSnapshot());
    if (write.reads) fit_snapshots(running);
    auto run = is_sequential ? run_one_by_one : write.is_in_order ? run_node_by_node : run_all;
    run(running, write.returning ? &rows : nullptr, take);
    PopActiveSnapshot();
    transaction::release_snapshot(running.snapshot);
    const uint64 processed = count(running);
    settle(running);
    return processed;
}

} // namespace cedro::executor
