// The end of a distributed transaction.
//
// Nothing written elsewhere: COMMIT. Written on one node only (this one counts):
// COMMIT there, in one phase. Else every other writer prepares before the local
// commit, whose rows in pg_dist_transaction are the decision, and commits after
// it; what fails then is left to recovery.
#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "net/error.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "pg/transaction.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/fault.hpp"
#include "transaction/gid.hpp"
#include "transaction/held_snapshot.hpp"
#include "transaction/in_doubt.hpp"
#include "transaction/node_session.hpp"
#include "transaction/participant.hpp"
#include "transaction/prepare_command.hpp"

namespace cedro::transaction {
namespace {

// After the decision a node that does not answer is left to recovery.
constexpr int64 kCommitLimit = 10000; // milliseconds

// Columns of pg_dist_transaction.
constexpr int kGroupId = 0;
constexpr int kGid = 1;
constexpr int kOuterXid = 2;

const char *make_gid(const Session &session) {
    char text[kGidSize];
    // This node keeps the record, also when another node began the transaction: so recovery is this node's.
    write_gid({cluster::local_group(), MyProcPid, own_number(), session.number}, text);
    return pstrdup(text);
}

void record(const Session &session) {
    Relation relation = table_open(catalog::oid_of(catalog::Relation::Transaction), RowExclusiveLock);
    Datum values[3];
    bool nulls[3] = {};
    values[kGroupId] = Int32GetDatum(session.group);
    values[kGid] = CStringGetTextDatum(session.gid);
    values[kOuterXid] = UInt64GetDatum(U64FromFullTransactionId(GetTopFullTransactionId()));
    CatalogTupleInsert(relation, heap_form_tuple(RelationGetDescr(relation), values, nulls));
    table_close(relation, NoLock);
}

Ticket end_with(Session &session, const char *command, Phase phase) {
    const Ticket ticket = ++session.last_ticket;
    Statement statement{command};
    statement.is_repeated = phase == Phase::Ended;
    enqueue(session, statement, ticket);
    enqueue_sync(session);
    session.phase = phase;
    if (!flush(session)) net::raise_lost(*session.connection);
    return ticket;
}

/// A COMMIT or PREPARE of a failed transaction succeeds with the tag ROLLBACK.
void expect(Session &session, Ticket ticket, const char *tag) {
    auto *result = const_cast<PGresult *>(receive(&session, ticket));
    if (strcmp(PQcmdStatus(result), tag) != 0)
        ereport(ERROR,
                (errcode(ERRCODE_TRANSACTION_ROLLBACK), errmsg("the transaction was rolled back on node %s:%d",
                                                               session.connection->host, session.connection->port)));
}

void finish_statements() {
    finish_copies();
    drain(participants(), net::kNever, net::Interrupts::Process);
    for (Session *each : participants()) {
        if (has_told_of_writing(*each) && !each->is_apart) each->writes = true;
        if (each->phase == Phase::Broken && !each->writes) continue;
        for (const Finished &result : each->finished)
            if (PQresultStatus(result.result) == PGRES_FATAL_ERROR) receive(each, result.ticket);
        raise_failure(*each);
        relay_notices(*each);
    }
}

struct Pending {
    Session *session;
    Ticket ticket;
    const char *tag;
};

bool is_reader(const Session &session) { return session.phase == Phase::Begun && !session.writes; }

/// What a serializable transaction finds at its end on the nodes where it has
/// only read may still end it, so these commit first.
void commit_serializable_readers() {
    if (!IsolationIsSerializable()) return;
    pg::Vector<Pending> pending;
    for (Session *each : participants())
        if (is_reader(*each)) pending.push({each, end_with(*each, "COMMIT", Phase::Ended), "COMMIT"});
    for (const Pending &each : pending) expect(*each.session, each.ticket, each.tag);
}

/// All others are told after the decision, so that no lock goes before it;
/// nobody waits for their answer. Raises nothing.
void commit_readers() {
    for (Session *each : participants())
        if (is_reader(*each) && try_enqueue(*each, "COMMIT", nullptr)) {
            each->phase = Phase::Ended;
            each->is_left = true;
        }
}

/// The groups where the transaction writes: a reader needs them to tell half of it from all of it.
Groups groups_of(std::span<Session *const> writers, bool wrote_here) {
    Groups groups{};
    if (writers.size() + 1 > Groups::kMost) return {Groups::kAll, {}};
    for (const Session *each : writers) groups.ids[static_cast<size_t>(groups.count++)] = each->group;
    if (wrote_here) groups.ids[static_cast<size_t>(groups.count++)] = cluster::local_group();
    return groups;
}

void prepare(std::span<Session *const> writers, bool wrote_here) {
    pg::Vector<Pending> pending;
    const Groups groups = groups_of(writers, wrote_here);
    reach(FaultPoint::Prepare);
    for (Session *each : writers) {
        each->gid = make_gid(*each);
        const char *command = prepare_command(groups, each->gid);
        pending.push({each, end_with(*each, command, Phase::Prepared), "PREPARE TRANSACTION"});
        if (each == writers.front()) reach(FaultPoint::PrepareSent);
    }
    for (Session *each : writers) record(*each);
    // The decision has to be on disk before anybody hears of it.
    ForceSyncCommit();
    for (const Pending &each : pending) expect(*each.session, each.ticket, each.tag);
    if (wrote_here) enter_deciding({cluster::local_group(), MyProcPid, own_number(), 0}, groups);
    reach(FaultPoint::Prepared);
}

void commit_alone(Session &writer) {
    const Ticket ticket = end_with(writer, "COMMIT", Phase::Ended);
    drain(participants(), net::kNever, net::Interrupts::Process);
    if (writer.phase == Phase::Broken)
        ereport(ERROR, (errcode(ERRCODE_TRANSACTION_RESOLUTION_UNKNOWN),
                        errmsg("lost the connection to node %s:%d while the transaction committed there",
                               writer.connection->host, writer.connection->port),
                        errdetail("It may have been committed or rolled back.")));
    expect(writer, ticket, "COMMIT");
}

pg::Vector<Session *> writers_of_transaction() {
    pg::Vector<Session *> writers;
    for (Session *each : participants())
        if (each->writes && each->phase == Phase::Begun) writers.push(each);
    return writers;
}

void pre_commit() {
    if (participants().empty()) return;
    pg::with_context(TopTransactionContext, [] {
        finish_statements();
        commit_serializable_readers();
        pg::Vector<Session *> writers = writers_of_transaction();
        const bool wrote_here = TransactionIdIsValid(GetTopTransactionIdIfAny());
        if (writers.size() == 1 && !wrote_here)
            commit_alone(*writers[0]);
        else if (!writers.empty())
            prepare(writers, wrote_here);
    });
}

/// A reader, or the node's daemon, may have committed it when it took long: then it is not there any more, or busy.
bool is_done_by_others(const PGresult *failure) {
    if (!failure) return true;
    const char *state = PQresultErrorField(failure, PG_DIAG_SQLSTATE);
    return state && (strcmp(state, "42704") == 0 || strcmp(state, "55000") == 0);
}

/// After the decision: nothing may be raised.
void commit_prepared() {
    bool is_any = false;
    for (Session *each : participants()) {
        if (each->phase != Phase::Prepared) continue;
        reach(is_any ? FaultPoint::FirstCommitted : FaultPoint::Recorded, false);
        is_any = true;
        if (!try_enqueue(*each, "COMMIT PREPARED", each->gid) || !is_faulty(FaultPoint::FirstCommitted)) continue;
        drain({&each, 1}, net::in_milliseconds(kCommitLimit), net::Interrupts::Hold);
    }
    if (!is_any) return;
    drain(participants(), net::in_milliseconds(kCommitLimit), net::Interrupts::Hold);
    reach(FaultPoint::Committed, false);
    for (Session *each : participants()) {
        if (each->phase != Phase::Prepared && each->phase != Phase::Broken) continue;
        if (each->phase == Phase::Prepared && each->is_idle() && is_done_by_others(each->failure)) {
            each->phase = Phase::Ended;
            continue;
        }
        ereport(WARNING, (errmsg("could not tell node %s:%d that a transaction is committed", each->connection->host,
                                 each->connection->port),
                          errdetail("Its part stays prepared as \"%s\" and is committed by recovery.",
                                    each->gid ? each->gid : "")));
        each->phase = Phase::Broken;
        leave_to_recovery();
    }
}

/// The client's own PREPARE TRANSACTION.
void pre_prepare() {
    if (!participants().empty()) {
        finish_statements();
        for (const Session *each : participants())
            if (each->writes)
                ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                                errmsg("cannot prepare a transaction that has written on other nodes"),
                                errdetail("Its parts could not be committed together later."),
                                errhint("Use COMMIT: it commits on all nodes in two phases.")));
        commit_serializable_readers();
    }
    // The owner of what is prepared is the role that the node has logged in as.
    if (!is_proved_session()) return;
    report_changed_settings();
    assume_role("");
}

} // namespace

void at_transaction(XactEvent event, void *) {
    switch (event) {
    case XACT_EVENT_PRE_COMMIT:
        pre_commit();
        release_held_snapshots();
        if (is_proved_session()) report_changed_settings();
        break;
    case XACT_EVENT_PRE_PREPARE:
        pre_prepare();
        release_held_snapshots();
        enter_announced();
        break;
    case XACT_EVENT_COMMIT:
        leave_own();
        forget_snapshots();
        commit_prepared();
        commit_readers();
        if (is_proved_session()) assume_role("");
        end_sessions(true);
        clear_id();
        break;
    case XACT_EVENT_PREPARE:
        leave_prepared();
        forget_snapshots();
        commit_readers();
        end_sessions(true);
        clear_id();
        break;
    case XACT_EVENT_ABORT:
        leave_own();
        forget_snapshots();
        roll_back_all();
        end_sessions(false);
        clear_id();
        break;
    case XACT_EVENT_PARALLEL_COMMIT:
    case XACT_EVENT_PARALLEL_ABORT:
    case XACT_EVENT_PARALLEL_PRE_COMMIT: break;
    }
}

} // namespace cedro::transaction
