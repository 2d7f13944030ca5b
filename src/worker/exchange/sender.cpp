#include "worker/exchange/sender.hpp"

#include "cluster/node.hpp"
#include "hash/shard_range.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "table/key_type.hpp"
#include "table/table.hpp"
#include "transaction/held_snapshot.hpp"
#include "transaction/session.hpp"
#include "worker/exchange/row_format.hpp"
#include "worker/exchange/spool.hpp"
#include "worker/task.hpp"

namespace cedro::worker {

namespace {

// Bytes of rows in one message, and how many messages may be unanswered.
constexpr int kMessageSize = 128 * 1024;
constexpr size_t kWindow = 4;

struct Destination {
    int32 group;
    transaction::Session *session; // nullptr: this node
    StringInfoData rows;
    pg::Vector<transaction::Ticket> unanswered;
};

struct Sender {
    int64 exchange;
    const Route &route;
    pg::Vector<Destination> destinations;
    pg::Vector<int> by_ordinal; // index of the destination, or kNobody
    RowFormat *format;          // known from the first row on
    FmgrInfo hash;
    Oid collation;
    std::span<const hash::Range> ranges;
    MemoryContext context;
    MemoryContext row_context;
};

int destination_of(Sender &sender, int32 group) {
    if (group == kNobody) return kNobody;
    for (size_t i = 0; i < sender.destinations.size(); i++)
        if (sender.destinations[i].group == group) return static_cast<int>(i);
    Destination destination{group, nullptr, {}, pg::Vector<transaction::Ticket>()};
    if (group != cluster::local_group()) {
        const cluster::Node *node = cluster::primary_of(group);
        if (!node) ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("there is no node of group %d", group)));
        destination.session = transaction::session(node->id);
    }
    initStringInfo(&destination.rows);
    sender.destinations.push(destination);
    return static_cast<int>(sender.destinations.size()) - 1;
}

const PGresult *call(transaction::Session *session, const char *sql,
                     std::span<const transaction::Parameter> parameters) {
    transaction::Statement statement{sql};
    statement.parameters = parameters;
    return transaction::run(session, statement);
}

void wait_for_answer(Destination &destination, size_t allowed) {
    size_t answered = 0;
    while (destination.unanswered.size() - answered > allowed)
        transaction::receive(destination.session, destination.unanswered[answered++]);
    if (answered == 0) return;
    std::move(destination.unanswered.begin() + answered, destination.unanswered.end(), destination.unanswered.begin());
    destination.unanswered.resize_down(destination.unanswered.size() - answered);
}

void send_rows(Sender &sender, Destination &destination) {
    if (destination.rows.len == 0) return;
    const transaction::Parameter parameters[] = {
        {INT8OID, psprintf(INT64_FORMAT, sender.exchange)},
        {INT4OID, psprintf("%d", kByteOrder)},
        {BYTEAOID, destination.rows.data, destination.rows.len},
    };
    transaction::Statement statement{"CALL citus_internal.store_exchange_rows($1, $2, $3)"};
    statement.parameters = parameters;
    destination.unanswered.push(transaction::send(destination.session, statement));
    resetStringInfo(&destination.rows);
    wait_for_answer(destination, kWindow);
}

void give(Sender &sender, Destination &destination, int32 ordinal, MinimalTuple tuple) {
    if (!destination.session) {
        spool_row(sender.exchange, ordinal, tuple);
        return;
    }
    const RowHeader header{ordinal, tuple->t_len};
    if (destination.rows.len > 0 &&
        destination.rows.len + static_cast<int64>(sizeof header) + tuple->t_len > kMessageSize)
        send_rows(sender, destination);
    appendBinaryStringInfo(&destination.rows, reinterpret_cast<const char *>(&header), sizeof header);
    appendBinaryStringInfo(&destination.rows, reinterpret_cast<const char *>(tuple), static_cast<int>(tuple->t_len));
}

void set_key(Sender &sender, TupleDesc type) {
    const Oid key_type = TupleDescAttr(type, sender.route.key - 1)->atttypid;
    fmgr_info_cxt(table::key_hash_function(key_type), &sender.hash, sender.context);
}

int ordinal_of(Sender &sender, TupleTableSlot *row) {
    bool is_null;
    Datum key = slot_getattr(row, sender.route.key, &is_null);
    const int32 hash = is_null ? 0 : DatumGetInt32(FunctionCall1Coll(&sender.hash, sender.collation, key));
    return hash::ordinal_of(hash, sender.ranges);
}

void send_row(Sender &sender, TupleTableSlot *row) {
    if (!sender.format) {
        pg::with_context(sender.context, [&] {
            sender.format = make_row_format(CreateTupleDescCopy(row->tts_tupleDescriptor));
            if (sender.route.key) set_key(sender, row->tts_tupleDescriptor);
        });
    }
    MemoryContextReset(sender.row_context);
    pg::with_context(sender.row_context, [&] {
        if (!sender.route.key) {
            MinimalTuple tuple = pack(sender.format, row);
            for (Destination &each : sender.destinations) give(sender, each, kAllGroups, tuple);
            return;
        }
        const int ordinal = ordinal_of(sender, row);
        const int destination = sender.by_ordinal[static_cast<size_t>(ordinal)];
        if (destination == kNobody) return;
        give(sender, sender.destinations[static_cast<size_t>(destination)], ordinal, pack(sender.format, row));
    });
}

void set_route(Sender &sender) {
    for (int32 group : sender.route.nodes) sender.by_ordinal.push(destination_of(sender, group));
    if (!sender.route.key) return;
    const table::Table &table = table::get(sender.route.layout);
    if (table.shards.size() != sender.route.nodes.size())
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("table \"%s\" has other shards on this node", get_rel_name(table.relid)),
                        errhint("Run the statement again.")));
    sender.ranges = table.ranges;
    sender.collation = table.key_collation;
}

pg::Vector<const char *> seal(Sender &sender) {
    for (Destination &each : sender.destinations)
        if (each.session) send_rows(sender, each);
    pg::Vector<const char *> sealed;
    for (Destination &each : sender.destinations) {
        if (!each.session) {
            sealed.push(psprintf("%d %s", each.group, seal_spool(sender.exchange, Producer::Here)));
            continue;
        }
        wait_for_answer(each, 0);
        const transaction::Parameter parameter{INT8OID, psprintf(INT64_FORMAT, sender.exchange)};
        const PGresult *result =
            call(each.session, "CALL citus_internal.seal_exchange_rows($1, NULL)", {&parameter, 1});
        sealed.push(psprintf("%d %s", each.group, PQgetvalue(result, 0, 0)));
    }
    return sealed;
}

// Whom rows of an exchange were sent to from here, in this transaction.
struct Sent {
    int64 exchange;
    transaction::Session *session;
};
constinit pg::Vector<Sent> *all_sent = nullptr;

void remember(const Sender &sender) {
    pg::with_context(TopTransactionContext, [&] {
        if (!all_sent) {
            all_sent = pg::make<pg::Vector<Sent>>();
            auto *forget = static_cast<MemoryContextCallback *>(palloc0(sizeof(MemoryContextCallback)));
            forget->func = [](void *) { all_sent = nullptr; };
            MemoryContextRegisterResetCallback(TopTransactionContext, forget);
        }
        for (const Destination &each : sender.destinations)
            if (each.session) all_sent->push({sender.exchange, each.session});
    });
}

// Runs body with the snapshot that this node holds for the statement, if the sender names one.
void with_held_snapshot(plan::GroupSet groups, pg::FunctionRef<void()> body) {
    const int32 number = IsolationUsesXactSnapshot() ? 0 : plan::snapshot_of(groups);
    if (number == 0) return body();
    Snapshot snapshot = transaction::held_snapshot(number);
    PushActiveSnapshot(snapshot);
    body();
    PopActiveSnapshot();
    UnregisterSnapshot(snapshot);
}

} // namespace

pg::Vector<const char *> produce(int64 exchange, const char *sql, std::span<const plan::GroupSet> groups, Oid role,
                                 const Route &route) {
    Sender sender{exchange,
                  route,
                  pg::Vector<Destination>(),
                  pg::Vector<int>(),
                  nullptr,
                  {},
                  InvalidOid,
                  {},
                  CurrentMemoryContext,
                  nullptr};
    sender.row_context = AllocSetContextCreate(CurrentMemoryContext, "citus row", ALLOCSET_DEFAULT_SIZES);
    set_route(sender);
    remember(sender);
    for (const plan::GroupSet &each : groups)
        with_held_snapshot(each,
                           [&] { run_each(sql, each, role, [&](TupleTableSlot *row) { send_row(sender, row); }); });
    return seal(sender);
}

void drop_exchange(int64 exchange) {
    detach(exchange);
    drop_spool(exchange);
    if (!all_sent) return;
    for (Sent &each : *all_sent) {
        if (each.exchange != exchange || !each.session) continue;
        const transaction::Parameter parameter{INT8OID, psprintf(INT64_FORMAT, exchange)};
        transaction::Statement statement{"CALL citus_internal.drop_exchange($1)"};
        statement.parameters = {&parameter, 1};
        transaction::discard(each.session, transaction::send(each.session, statement));
        each.session = nullptr;
    }
}

} // namespace cedro::worker
