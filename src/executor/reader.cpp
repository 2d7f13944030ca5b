#include "executor/reader.hpp"

#include "cluster/node.hpp"
#include "executor/parameters.hpp"
#include "executor/row_decoder.hpp"
#include "pg/scope.hpp"
#include "transaction/session.hpp"
#include "worker/task.hpp"

namespace cedro::executor {

namespace {

// Rows of one FETCH; one more is under way while they are consumed.
constexpr int kFetchRows = plan::kFewRows;

// Cursors that one node has open ahead of the one being read.
constexpr int kCursorsAhead = 8;

// Groups that one task names at most: planning them takes memory and time.
constexpr size_t kMostGroups = 64;

constinit uint64 cursor_count = 0;

// A task on another node.
struct RemoteTask {
    transaction::Session *session;
    plan::GroupSet groups;
    int32 snapshot;
    const char *cursor;
    transaction::Ticket ticket; // of the result that comes next
    bool is_sent;
    bool is_asked;     // a result is under way
    bool is_exhausted; // nothing more was asked for
};

struct LocalTask {
    plan::GroupSet groups;
};

} // namespace

struct Reader {
    MemoryContext context;     // everything but rows
    MemoryContext row_context; // the current row's values
    MemoryContext result_context;
    Reading reading;
    std::span<const transaction::Parameter> parameters; // the values of its text
    uint64 shape;
    Decoder *decoder;
    pg::Vector<LocalTask> local;
    pg::Vector<RemoteTask> remote;
    size_t next_local;
    size_t current; // remote task being read
    worker::LocalTask *running;
    const PGresult *result;
    int row;
    SubTransactionId level; // of the subtransaction in which the tasks began
};

namespace {

transaction::Statement statement_of(const Reader *reader, const char *sql) {
    transaction::Statement statement{sql};
    statement.role = reader->reading.role;
    return statement;
}

// What a savepoint asked for is lost when it is rolled back, but the cursor of an outer level goes on.
bool may_ask_ahead(const Reader *reader) { return GetCurrentSubTransactionId() == reader->level; }

void send_fetch(const Reader *reader, RemoteTask &task) {
    task.is_asked = true;
    transaction::Statement statement = statement_of(reader, psprintf("FETCH %d FROM %s", kFetchRows, task.cursor));
    statement.is_binary = reader->decoder->is_binary;
    task.ticket = transaction::send(task.session, statement);
}

void send_at_once(const Reader *reader, RemoteTask &task, bool is_alone) {
    transaction::Statement statement =
        statement_of(reader, plan::with_groups(reader->reading.text.sql, task.groups, task.snapshot));
    statement.parameters = reader->parameters;
    statement.is_binary = reader->decoder->is_binary;
    statement.is_repeated = true;
    statement.shape = reader->shape;
    statement.is_alone = is_alone;
    task.ticket = transaction::send(task.session, statement);
    task.is_asked = task.is_exhausted = true;
}

void send_cursor(const Reader *reader, RemoteTask &task) {
    task.cursor = psprintf("citus_" UINT64_FORMAT, ++cursor_count);
    const char *sql =
        plan::with_groups(psprintf("DECLARE %s NO SCROLL CURSOR FOR %s", task.cursor, reader->reading.text.sql),
                          task.groups, task.snapshot);
    transaction::Statement statement = statement_of(reader, sql);
    statement.parameters = reader->parameters;
    transaction::discard(task.session, transaction::send(task.session, statement));
    send_fetch(reader, task);
}

void send_task(const Reader *reader, RemoteTask &task) {
    task.is_sent = true;
    if (reader->reading.is_small)
        send_at_once(reader, task, reader->reading.is_alone);
    else
        send_cursor(reader, task);
}

// Keeps each node some tasks ahead of the one that is read.
void send_ahead(Reader *reader) {
    for (size_t i = reader->current; i < reader->remote.size(); i++) {
        if (reader->remote[i].is_sent) continue;
        int open_cursors = 0;
        for (size_t j = reader->current; j < i; j++)
            if (reader->remote[j].session == reader->remote[i].session) open_cursors++;
        if (open_cursors <= kCursorsAhead) send_task(reader, reader->remote[i]);
    }
}

void close_cursor(const Reader *reader, const RemoteTask &task) {
    if (!task.cursor) return;
    const char *sql = psprintf("CLOSE %s", task.cursor);
    transaction::discard(task.session, transaction::send(task.session, statement_of(reader, sql)));
}

// Tasks that can be one name the groups of all.
plan::GroupSet joined(plan::GroupSet groups, plan::GroupSet more) {
    auto *all = static_cast<plan::Group *>(palloc(sizeof(plan::Group) * (groups.size() + more.size())));
    std::copy(more.begin(), more.end(), std::copy(groups.begin(), groups.end(), all));
    return {all, groups.size() + more.size()};
}

bool can_join(const Reader *reader, plan::GroupSet groups) {
    return reader->reading.can_join && groups.size() < kMostGroups;
}

void add_local(Reader *reader, const Task &task) {
    if (!reader->local.empty() && can_join(reader, reader->local.back().groups))
        reader->local.back().groups = joined(reader->local.back().groups, task.groups);
    else
        reader->local.push({task.groups});
}

void add_remote(Reader *reader, transaction::Session *session, const Task &task) {
    for (RemoteTask &each : reader->remote)
        if (each.session == session && can_join(reader, each.groups)) {
            each.groups = joined(each.groups, task.groups);
            return;
        }
    reader->remote.push({session, task.groups, task.snapshot, nullptr, 0, false, false, false});
}

// The first node of the list that answers. Errors name the last one that did not.
void assign(Reader *reader, const Task &task) {
    for (int32 id : task.nodes) {
        if (cluster::is_local(cluster::node(id))) {
            add_local(reader, task);
            return;
        }
        const bool is_last = id == task.nodes.back();
        transaction::Session *session = is_last ? transaction::session(id) : transaction::session_if_reachable(id);
        if (!session) continue;
        add_remote(reader, session, task);
        return;
    }
}

bool next_local_row(Reader *reader, TupleTableSlot *slot) {
    for (;;) {
        if (!reader->running) {
            if (reader->next_local == reader->local.size()) return false;
            const LocalTask &task = reader->local[reader->next_local++];
            pg::with_context(reader->context, [&] {
                reader->running = worker::start(reader->reading.text.sql, task.groups, reader->reading.role,
                                                reader->reading.text.values);
            });
        }
        if (TupleTableSlot *row = worker::next_row(reader->running)) {
            slot_getallattrs(row);
            const int count = slot->tts_tupleDescriptor->natts;
            Assert(row->tts_tupleDescriptor->natts == count);
            ExecClearTuple(slot);
            memcpy(slot->tts_values, row->tts_values, sizeof(Datum) * static_cast<size_t>(count));
            memcpy(slot->tts_isnull, row->tts_isnull, sizeof(bool) * static_cast<size_t>(count));
            ExecStoreVirtualTuple(slot);
            return true;
        }
        worker::finish(reader->running);
        reader->running = nullptr;
    }
}

const PGresult *receive(const Reader *reader, RemoteTask &task) {
    if (!reader->reading.is_alone) return transaction::receive(task.session, task.ticket);
    if (const PGresult *result = transaction::receive_alone(task.session, task.ticket)) return result;
    send_at_once(reader, task, false);
    return transaction::receive(task.session, task.ticket);
}

// Takes the next batch of the current task and asks for the one after it.
void receive_batch(Reader *reader, RemoteTask &task) {
    MemoryContextReset(reader->result_context);
    if (!task.is_asked) pg::with_context(reader->context, [&] { send_fetch(reader, task); });
    task.is_asked = false;
    reader->result = pg::with_context(reader->result_context, [&] { return receive(reader, task); });
    reader->row = 0;
    if (task.is_exhausted) return;
    if (PQntuples(reader->result) < kFetchRows) {
        task.is_exhausted = true;
        pg::with_context(reader->context, [&] { close_cursor(reader, task); });
    } else if (may_ask_ahead(reader)) {
        pg::with_context(reader->context, [&] { send_fetch(reader, task); });
    }
}

bool next_remote_row(Reader *reader, TupleTableSlot *slot) {
    while (reader->current < reader->remote.size()) {
        RemoteTask &task = reader->remote[reader->current];
        if (!reader->result) receive_batch(reader, task);
        if (reader->row < PQntuples(reader->result)) {
            MemoryContextReset(reader->row_context);
            pg::with_context(reader->row_context,
                             [&] { decode(reader->decoder, reader->result, reader->row++, slot); });
            return true;
        }
        reader->result = nullptr;
        if (!task.is_exhausted) continue;
        reader->current++;
        pg::with_context(reader->context, [&] { send_ahead(reader); });
    }
    return false;
}

} // namespace

Reader *open(const Reading &reading, std::span<const Task> tasks, TupleDesc type) {
    MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "citus reader", ALLOCSET_DEFAULT_SIZES);
    return pg::with_context(context, [&] {
        auto *reader = static_cast<Reader *>(palloc0(sizeof(Reader)));
        reader->context = context;
        reader->row_context = AllocSetContextCreate(context, "citus row", ALLOCSET_DEFAULT_SIZES);
        reader->result_context = AllocSetContextCreate(context, "citus result", ALLOCSET_SMALL_SIZES);
        reader->reading = reading;
        reader->level = GetCurrentSubTransactionId();
        reader->parameters = *pg::make<pg::Vector<transaction::Parameter>>(parameters_of(reading.text.values));
        reader->shape = shape_of(type);
        reader->decoder = make_decoder(type);
        reader->local = pg::Vector<LocalTask>(context);
        reader->remote = pg::Vector<RemoteTask>(context);
        for (const Task &task : tasks) assign(reader, task);
        send_ahead(reader);
        return reader;
    });
}

void begin_all(Reader *reader) {
    pg::with_context(reader->context, [&] {
        for (RemoteTask &task : reader->remote)
            if (!task.is_sent) send_task(reader, task);
    });
}

bool next(Reader *reader, TupleTableSlot *slot) {
    // Other nodes work meanwhile.
    return next_local_row(reader, slot) || next_remote_row(reader, slot);
}

void close(Reader *reader) {
    if (reader->running) worker::finish(reader->running);
    for (size_t i = reader->current; i < reader->remote.size(); i++) {
        RemoteTask &task = reader->remote[i];
        if (!task.is_sent || (i == reader->current && reader->result && task.is_exhausted)) continue;
        if (task.is_asked) transaction::discard(task.session, task.ticket);
        pg::with_context(reader->context, [&] { close_cursor(reader, task); });
    }
    MemoryContextDelete(reader->context);
}

} // namespace cedro::executor
