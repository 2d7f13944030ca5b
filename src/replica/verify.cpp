#include "replica/verify.hpp"

#include "cluster/node.hpp"
#include "move/shard_group.hpp"
#include "pg/catalog.hpp"
#include "pg/text.hpp"
#include "plan/message.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/session.hpp"
#include "worker/task.hpp"

#include <charconv>

namespace cedro::replica {
namespace {

/// So often is a shard read without a lock before writers have to wait for the answer.
constexpr int kAttempts = 3;

struct Reader {
    const char *sql;
    plan::GroupSet groups;
    int64 shard;
};

/// A copy on this node, read under a snapshot of its own: the statement's is older than the locks it has taken since.
CopyState read_here(const Reader &reader, int32 group) {
    CopyState state{reader.shard, group, 0, nullptr};
    PushActiveSnapshot(GetTransactionSnapshot());
    worker::LocalTask *task = worker::start(reader.sql, reader.groups, GetUserId());
    TupleTableSlot *row = worker::next_row(task);
    bool is_null;
    state.rows = DatumGetInt64(slot_getattr(row, 1, &is_null));
    state.checksum = TextDatumGetCString(slot_getattr(row, 2, &is_null));
    worker::finish(task);
    PopActiveSnapshot();
    return state;
}

CopyState read_answer(const Reader &reader, int32 group, const PGresult *answer) {
    CopyState state{reader.shard, group, 0, pstrdup(PQgetvalue(answer, 0, 1))};
    const char *rows = PQgetvalue(answer, 0, 0);
    std::from_chars(rows, rows + strlen(rows), state.rows);
    return state;
}

/// All active copies of a shard; the other nodes work at the same time.
pg::Vector<CopyState> read(const Reader &reader, std::span<const table::Placement> placements) {
    struct Asked {
        transaction::Session *session;
        transaction::Ticket ticket;
        int32 group;
    };
    pg::Vector<Asked> asked;
    pg::Vector<CopyState> states;
    for (const table::Placement &placement : placements) {
        const cluster::Node *node = placement.is_active ? cluster::primary_of(placement.group) : nullptr;
        if (!node || !node->is_active || cluster::is_local(*node)) continue;
        transaction::Session *session = transaction::session(node->id);
        const transaction::Statement statement{.sql = plan::with_groups(reader.sql, reader.groups), .role = GetUserId()};
        asked.push({session, transaction::send(session, statement), placement.group});
    }
    for (const table::Placement &placement : placements)
        if (placement.is_active && placement.group == cluster::local_group())
            states.push(read_here(reader, placement.group));
    for (const Asked &each : asked)
        states.push(read_answer(reader, each.group, transaction::receive(each.session, each.ticket)));
    return states;
}

bool are_equal(const pg::Vector<CopyState> &states) {
    return std::ranges::all_of(states, [&](const CopyState &each) {
        return each.rows == states[0].rows && strcmp(each.checksum, states[0].checksum) == 0;
    });
}

/// Nothing when the copies of the shard are equal.
pg::Vector<CopyState> compare(const Reader &reader, std::span<const table::Placement> placements) {
    pg::Vector<CopyState> states;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        CHECK_FOR_INTERRUPTS();
        states = read(reader, placements);
        if (are_equal(states)) return pg::Vector<CopyState>();
    }
    transaction::lock_metadata();
    move::block_writes(move::group_of_shard(reader.shard));
    states = read(reader, placements);
    return are_equal(states) ? pg::Vector<CopyState>() : states;
}

} // namespace

pg::Vector<CopyState> differing_copies(Oid relid) {
    const table::Table &table = table::get(relid);
    if (IsolationUsesXactSnapshot())
        ereport(ERROR, (errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
                        errmsg("copies cannot be compared in a transaction with one snapshot for all statements"),
                        errhint("Use the isolation level READ COMMITTED.")));
    if (!table.shards.empty()) move::require_owner(move::group_of_shard(table.shards[0].id));
    const char *sql = psprintf("SELECT pg_catalog.count(*), coalesce(pg_catalog.sum("
                               "pg_catalog.hashtextextended(t::pg_catalog.text, 0)), 0)::pg_catalog.text FROM %s t",
                               pg::qualified_name(relid));
    pg::Vector<CopyState> differing;
    for (int ordinal = 0; ordinal < static_cast<int>(table.shards.size()); ++ordinal) {
        const table::Shard &shard = table.shards[static_cast<size_t>(ordinal)];
        if (shard.placements.size() < 2) continue;
        const plan::Group group{table.colocation, ordinal};
        const Reader reader{sql, {&group, table.is_hash() ? 1u : 0u}, shard.id};
        for (const CopyState &each : compare(reader, shard.placements)) differing.push(each);
    }
    return differing;
}

} // namespace cedro::replica
