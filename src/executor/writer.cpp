#include "executor/writer.hpp"

#include "cluster/node.hpp"
#include "unique/settle.hpp"
#include "executor/row_decoder.hpp"
#include "plan/site.hpp"
#include "table/table.hpp"
#include "transaction/session.hpp"
#include "worker/placement.hpp"
#include "worker/task.hpp"

namespace cedro::executor {

namespace {

// A task on one placement.
struct Copy {
    size_t task;
    int32 node;
    bool is_first; // of the task: its rows are the statement's
    transaction::Session *session; // nullptr: this node
    transaction::Ticket ticket;
};

struct Write {
    const char *sql;
    std::span<const Task> tasks;
    Oid role;
    Decoder *decoder; // nullptr: no RETURNING
    Tuplestorestate *rows;
    TupleTableSlot *slot;
    pg::Vector<Copy> copies;
    pg::Vector<uint64> counts; // by task
};

int ordinal_of(const table::Table &table, const Task &task) { return plan::ordinal_in(table, task.groups); }

void lock(const table::Table &table, std::span<const Task> tasks) {
    pg::Vector<int> ordinals;
    for (const Task &task : tasks) ordinals.push(ordinal_of(table, task));
    worker::lock_shards(table, ordinals, worker::ShardLock::Exclusive);
}

void find_copies(Write &write, const table::Table &table) {
    for (size_t i = 0; i < write.tasks.size(); i++) {
        bool is_first = true;
        for (const table::Placement &placement :
             table.shards[static_cast<size_t>(ordinal_of(table, write.tasks[i]))].placements) {
            const cluster::Node *node = cluster::primary_of(placement.group);
            if (!placement.is_active || !node || !node->is_active) continue;
            transaction::Session *session =
                cluster::is_local(*node) ? nullptr : worker::session_of(table, placement);
            write.copies.push({i, node->id, is_first, session, 0});
            is_first = false;
        }
        if (is_first)
            ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                            errmsg("no active node holds a shard of table \"%s\"", get_rel_name(table.relid)),
                            errhint("Activate the node with citus_activate_node().")));
    }
}

void send_all(Write &write) {
    for (Copy &copy : write.copies) {
        if (!copy.session) continue;
        const transaction::Parameter groups{INT4ARRAYOID, plan::group_parameter(write.tasks[copy.task].groups)};
        copy.ticket = transaction::send(copy.session, {.sql = plan::with_header(write.sql),
                                                       .parameters = {&groups, 1},
                                                       .role = write.role,
                                                       .writes = true,
                                                       .is_binary = write.decoder && write.decoder->is_binary});
    }
}

uint64 run_here(Write &write, const Copy &copy) {
    worker::LocalTask *task = worker::start(write.sql, write.tasks[copy.task].groups, write.role);
    if (copy.is_first && write.rows)
        while (TupleTableSlot *row = worker::next_row(task)) tuplestore_puttupleslot(write.rows, row);
    const uint64 count = worker::processed(task);
    worker::finish(task);
    return count;
}

uint64 receive(Write &write, const Copy &copy) {
    const PGresult *result = transaction::receive(copy.session, copy.ticket);
    if (copy.is_first && write.rows)
        for (int row = 0; row < PQntuples(result); row++) {
            decode(write.decoder, result, row, write.slot);
            tuplestore_puttupleslot(write.rows, write.slot);
        }
    const char *count = PQcmdTuples(const_cast<PGresult *>(result));
    return *count ? static_cast<uint64>(strtoull(count, nullptr, 10)) : 0;
}

void note_count(Write &write, const Copy &copy, uint64 count, const table::Table &table) {
    if (copy.is_first) {
        write.counts[copy.task] = count;
        return;
    }
    if (write.counts[copy.task] != count)
        ereport(ERROR,
                (errcode(ERRCODE_DATA_CORRUPTED),
                 errmsg("copies of a shard of table \"%s\" differ", get_rel_name(table.relid)),
                 errdetail("The statement changed " UINT64_FORMAT " rows of one copy and " UINT64_FORMAT
                           " of another, on node %s:%d.",
                           write.counts[copy.task], count, cluster::node(copy.node).host,
                           cluster::node(copy.node).port),
                 errhint("Nothing was changed. Make the copy anew with citus_copy_shard_placement().")));
}

void settle(const Write &write) {
    pg::Vector<int32> nodes;
    for (const Copy &copy : write.copies)
        if (!nodes.contains(copy.node)) nodes.push(copy.node);
    unique::settle(nodes);
}

} // namespace

uint64 write(const char *sql, Oid target, std::span<const Task> tasks, Oid role, TupleDesc type,
             Tuplestorestate *rows) {
    const table::Table &table = table::get(target);
    Write write{sql, tasks, role, nullptr, rows, nullptr, pg::Vector<Copy>(), pg::Vector<uint64>()};
    if (rows) {
        write.decoder = make_decoder(type);
        write.slot = MakeSingleTupleTableSlot(type, &TTSOpsVirtual);
    }
    for (size_t i = 0; i < tasks.size(); i++) write.counts.push(0);
    lock(table, tasks);
    find_copies(write, table);
    send_all(write);
    // Copies of a task come in order, the first one first.
    pg::Vector<uint64> counts;
    for (size_t i = 0; i < write.copies.size(); i++) counts.push(0);
    for (size_t i = 0; i < write.copies.size(); i++)
        if (!write.copies[i].session) counts[i] = run_here(write, write.copies[i]);
    for (size_t i = 0; i < write.copies.size(); i++)
        if (write.copies[i].session) counts[i] = receive(write, write.copies[i]);
    for (size_t i = 0; i < write.copies.size(); i++) note_count(write, write.copies[i], counts[i], table);
    settle(write);
    uint64 total = 0;
    for (uint64 count : write.counts) total += count;
    return total;
}

} // namespace cedro::executor
