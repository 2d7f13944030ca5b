// The order of the looks is what makes it right. A prepared transaction is seen
// first, then which transactions run, then the records: one that does not run
// any more had made its record visible before it ended, if it committed.
#include "transaction/recovery.hpp"

#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "pg/catalog.hpp"
#include "pg/lock.hpp"
#include "pg/scope.hpp"
#include "pg/transaction.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/gid.hpp"
#include "transaction/in_doubt.hpp"
#include "transaction/node_session.hpp"
#include "transaction/session.hpp"

namespace cedro::transaction {
namespace {

// Class (field 4) of the advisory lock that one recovery holds.
constexpr uint16 kRecoveryLockClass = 17;

using Texts = pg::Vector<const char *>;

bool is_before(const char *a, const char *b) { return strcmp(a, b) < 0; }

/// Records of transactions that must be committed on a group, sorted. A fresh snapshot each time.
Texts records_of(int32 group) {
    Texts gids;
    catalog::scan(catalog::Relation::Transaction, 1, F_INT4EQ, Int32GetDatum(group), "pg_dist_transaction_group_index",
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      gids.push(TextDatumGetCString(catalog::column(tuple, descriptor, 2)));
                  });
    std::sort(gids.begin(), gids.end(), is_before);
    return gids;
}

bool has(const Texts &sorted, const char *text) {
    return std::binary_search(sorted.begin(), sorted.end(), text, is_before);
}

/// Removes these records (sorted) of all groups.
void forget_records(const Texts &gids) {
    if (gids.empty()) return;
    Relation relation = table_open(catalog::oid_of(catalog::Relation::Transaction), RowExclusiveLock);
    catalog::scan(catalog::Relation::Transaction, 0, InvalidOid, 0, nullptr,
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      const char *gid = TextDatumGetCString(catalog::column(tuple, descriptor, 2));
                      if (has(gids, gid)) CatalogTupleDelete(relation, &tuple->t_self);
                  });
    table_close(relation, NoLock);
}

pg::Vector<uint64> running_numbers() {
    pg::Vector<uint64> numbers;
    for (const Running &each : running())
        if (each.own_number != 0) numbers.push(each.own_number);
    return numbers;
}

Texts prepared_on(Session *session) {
    const char *sql =
        psprintf("SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database()"
                 " AND gid LIKE 'citus\\_%d\\_%%'",
                 cluster::local_group());
    const PGresult *result = run(session, {sql});
    Texts gids;
    for (int i = 0; i < PQntuples(result); i++) gids.push(pstrdup(PQgetvalue(result, i, 0)));
    return gids;
}

bool finish_on(Session *session, const char *gid, bool is_commit) {
    const Parameter parameters[] = {{TEXTOID, gid}, {BOOLOID, is_commit ? "t" : "f"}};
    const PGresult *result = run(session, {"CALL citus_internal.finish_prepared($1, $2, NULL)", parameters});
    return PQgetvalue(result, 0, 0)[0] == 't';
}

bool is_running(const pg::Vector<uint64> &numbers, const char *gid) {
    std::optional<Gid> parts = parse_gid(gid);
    return !parts || numbers.contains(parts->number);
}

/// `finished` receives the records that are not needed any more.
int recover_on(const cluster::Node &node, Session *session, Texts &finished) {
    const Texts old_records = records_of(node.group);
    const Texts prepared = prepared_on(session);
    const pg::Vector<uint64> numbers = running_numbers();
    const Texts records = records_of(node.group);
    Texts unfinished;
    int count = 0;
    for (const char *gid : prepared) {
        std::optional<Gid> parts = parse_gid(gid);
        if (!parts || parts->group != cluster::local_group()) continue;
        if (!is_running(numbers, gid) && finish_on(session, gid, has(records, gid)))
            count++;
        else
            unfinished.push(gid);
    }
    std::sort(unfinished.begin(), unfinished.end(), is_before);
    // An old record was visible before the node was asked, so its transaction had prepared everywhere by then.
    for (const char *gid : old_records)
        if (!is_running(numbers, gid) && !has(unfinished, gid)) finished.push(gid);
    return count;
}

// Nodes of which the log says already that they cannot be reached.
constinit std::array<int32, 32> silent{};

/// Whether this is news.
bool note_silence(int32 node_id, bool is_silent) {
    int32 *entry = std::ranges::find(silent, node_id);
    const bool was_silent = entry != silent.end();
    if (was_silent && !is_silent) *entry = 0;
    if (!was_silent && is_silent && (entry = std::ranges::find(silent, 0)) != silent.end()) *entry = node_id;
    return was_silent != is_silent;
}

int recover_reachable(const cluster::Node &node, Texts &finished) {
    Session *session = session_if_reachable(node.id);
    const bool is_news = note_silence(node.id, session == nullptr);
    if (session) return recover_on(node, session, finished);
    if (!records_of(node.group).empty()) leave_to_recovery();
    ereport(is_news ? WARNING : DEBUG1,
            (errcode(ERRCODE_CONNECTION_FAILURE),
             errmsg("could not look for prepared transactions on node %s:%d", node.host, node.port)));
    return 0;
}

} // namespace

int recover() {
    if (RecoveryInProgress()) return 0;
    // One at a time. An advisory lock: nobody who drops the extension waits for a node that does not answer.
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, 0, kRecoveryLockClass);
    LockAcquire(&tag, ExclusiveLock, false, false);
    take_unfinished();
    int count = 0;
    Texts finished;
    for (const cluster::Node &node : cluster::other_nodes()) count += recover_reachable(node, finished);
    std::sort(finished.begin(), finished.end(), is_before);
    forget_records(finished);
    return count;
}

bool end_part(const Gid &parts, const char *gid, bool is_commit) {
    bool is_gone = true;
    pg::with_user(catalog::owner(), 0, [&] {
        ErrorData *error =
            pg::caught([&] { finish_part(parts, is_commit, [&] { FinishPreparedTransaction(gid, is_commit); }); });
        if (!error || error->sqlerrcode == ERRCODE_UNDEFINED_OBJECT) return;
        is_gone = false; // another session is at it
        if (error->sqlerrcode != ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE) ReThrowError(error);
    });
    return is_gone;
}

bool finish_prepared(const char *gid, bool is_commit) {
    std::optional<Gid> parts = parse_gid(gid);
    if (!parts || parts->group != peer_group())
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("prepared transaction \"%s\" does not belong to the node that asks for its end", gid)));
    return end_part(*parts, gid, is_commit);
}

void commit_decided(const char *gid) {
    std::optional<Gid> parts = parse_gid(gid);
    if (parts) end_part(*parts, gid, true);
}

Outcome own_outcome(uint64 number) {
    if (running_numbers().contains(number)) return Outcome::Running;
    Outcome outcome = Outcome::RolledBack;
    catalog::scan(catalog::Relation::Transaction, 0, InvalidOid, 0, nullptr,
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      std::optional<Gid> gid = parse_gid(TextDatumGetCString(catalog::column(tuple, descriptor, 2)));
                      if (gid && gid->group == cluster::local_group() && gid->number == number)
                          outcome = Outcome::Committed;
                  });
    return outcome;
}

} // namespace cedro::transaction
