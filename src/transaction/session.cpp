// The interface to the participants: statements out, results in.
#include "transaction/session.hpp"

#include "cluster/node.hpp"
#include "cluster/node_lock.hpp"
#include "net/error.hpp"
#include "net/wait.hpp"
#include "pg/scope.hpp"
#include "transaction/deadlock.hpp"
#include "transaction/late_writer.hpp"
#include "transaction/participant.hpp"

namespace cedro::transaction {
namespace {

// Lives in TopTransactionContext; reset by end_sessions().
constinit pg::Vector<Session *> *sessions = nullptr;

Session *find(int32 node_id) {
    if (!sessions) return nullptr;
    for (Session *each : *sessions)
        if (each->node_id == node_id) return each;
    return nullptr;
}

Kept *kept_with(net::Connection *connection) {
    if (!connection->kept)
        connection->kept = pg::with_context(connection->context, [&] {
            return pg::make<Kept>(ToldSettings(connection->context), PreparedStatements(connection->context));
        });
    auto *kept = static_cast<Kept *>(connection->kept);
    heed_report(kept->told, PQparameterStatus(connection->libpq, kSettingsReport));
    return kept;
}

Session *add(int32 node_id, net::Connection *connection) {
    return pg::with_context(TopTransactionContext, [&] {
        if (!sessions) sessions = pg::make<pg::Vector<Session *>>();
        auto *session = pg::make<Session>();
        session->connection = connection;
        session->node_id = node_id;
        session->group = cluster::node(node_id).group;
        session->number = static_cast<int>(sessions->size()) + 1;
        session->cancel_socket = -1;
        session->kept = kept_with(connection);
        sessions->push(session);
        return session;
    });
}

void check_usable(const Session &session) {
    if (session.phase == Phase::Broken) net::raise_lost(*session.connection);
    if (session.phase != Phase::Fresh && session.phase != Phase::Begun)
        ereport(ERROR, (errcode(ERRCODE_INVALID_TRANSACTION_STATE),
                        errmsg("the transaction on node %s:%d has ended", session.connection->host,
                               session.connection->port)));
}

bool take_finished(Session &session, Ticket ticket, PGresult **result) {
    for (Finished &each : session.finished)
        if (each.ticket == ticket) {
            *result = each.result;
            each = session.finished.back();
            session.finished.resize_down(session.finished.size() - 1);
            return true;
        }
    return false;
}

// Says no more than that the transaction had failed before.
bool is_follower(const PGresult *result) {
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return sqlstate && strcmp(sqlstate, "25P02") == 0;
}

PGresult *take_cause(Session &session) {
    for (Finished &each : session.finished) {
        if (!each.result || PQresultStatus(each.result) != PGRES_FATAL_ERROR || is_follower(each.result)) continue;
        PGresult *cause = each.result;
        each = session.finished.back();
        session.finished.resize_down(session.finished.size() - 1);
        return cause;
    }
    return nullptr;
}

// Of the errors in a session the one that let the others follow. `own`: that of the statement asked for, if it has one.
[[noreturn]] void raise_first(Session &session, PGresult *own) {
    PGresult *failure = session.failure;
    session.failure = nullptr;
    PGresult *first = failure && !is_follower(failure) ? failure : own && !is_follower(own) ? own : take_cause(session);
    if (!first) first = failure ? failure : own;
    if (failure != first) PQclear(failure);
    if (own != first) PQclear(own);
    raise_result(session, first);
}

} // namespace

std::span<Session *const> participants() {
    return sessions ? std::span<Session *const>(*sessions) : std::span<Session *const>();
}

Session *session(int32 node_id) {
    if (Session *known = find(node_id)) return known;
    cluster::lock_node_shared(node_id);
    return add(node_id, take_connection(node_id));
}

Session *session_if_reachable(int32 node_id) {
    if (Session *known = find(node_id)) return known->phase == Phase::Broken ? nullptr : known;
    cluster::lock_node_shared(node_id);
    net::Connection *connection = try_take_connection(node_id);
    return connection ? add(node_id, connection) : nullptr;
}

void commit_afterwards(Session *session) { session->is_apart = true; }

bool has_written_elsewhere() {
    for (const Session *each : participants())
        if (each->writes) return true;
    return false;
}

void connect_all(std::span<const cluster::Node> nodes) {
    pg::Vector<cluster::Node> missing;
    for (const cluster::Node &each : nodes)
        if (!cluster::is_local(each) && !find(each.id)) missing.push(each);
    if (missing.size() > 1) connect_ahead(missing);
    for (const cluster::Node &each : nodes)
        if (!cluster::is_local(each)) session(each.id);
}

Ticket send(Session *session, const Statement &statement) {
    finish_copy(*session);
    check_usable(*session);
    use_node_of(*session, statement.role);
    PQenterPipelineMode(session->connection->libpq);
    if (statement.is_alone && may_be_alone(*session))
        enqueue_prelude_alone(*session, statement.role);
    else
        enqueue_prelude(*session, statement.role);
    session->writes |= statement.writes;
    const Ticket ticket = ++session->last_ticket;
    enqueue(*session, statement, ticket);
    enqueue_sync(*session);
    if (!flush(*session)) net::raise_lost(*session->connection);
    return ticket;
}

namespace {

/// Waits for the result of a ticket, good or bad; raises what went wrong beside it.
PGresult *await(Session *session, Ticket ticket) {
    PGresult *result = nullptr;
    while (!take_finished(*session, ticket, &result)) {
        read_arrived(*session);
        if (take_finished(*session, ticket, &result)) break;
        if (session->failure) raise_first(*session, nullptr);
        raise_failure(*session);
        if (session->is_idle())
            ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
                            errmsg("no statement is waiting for result " UINT64_FORMAT, ticket)));
        pump(participants(), net::kNever, net::Interrupts::Process);
    }
    // Its own error says more than one that followed from it.
    if (session->failure && PQresultStatus(result) != PGRES_FATAL_ERROR) {
        PQclear(result);
        raise_first(*session, nullptr);
    }
    return result;
}

const PGresult *accepted(Session *session, PGresult *result) {
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
        raise_first(*session, result);
    pg::adopt(result, PQclear);
    relay_notices(*session);
    return result;
}

bool has_written_alone(const PGresult *result) {
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return code && strcmp(code, kWroteAlone) == 0;
}

} // namespace

const PGresult *receive(Session *session, Ticket ticket) { return accepted(session, await(session, ticket)); }

const PGresult *receive_alone(Session *session, Ticket ticket) {
    PGresult *result = await(session, ticket);
    if (!has_written_alone(result)) return accepted(session, result);
    PQclear(result);
    return nullptr;
}

void discard(Session *session, Ticket ticket) {
    PGresult *result = nullptr;
    if (take_finished(*session, ticket, &result)) {
        if (PQresultStatus(result) == PGRES_FATAL_ERROR && !session->failure)
            session->failure = result;
        else
            PQclear(result);
        return;
    }
    for (Command &each : session->queue)
        if (each.ticket == ticket) each.is_discarded = true;
}

const PGresult *run(Session *session, const Statement &statement) { return receive(session, send(session, statement)); }

int32 node_of(const Session *session) { return session->node_id; }

void end_sessions(bool is_committed) {
    for (Session *each : participants()) {
        net::Connection *connection = each->connection;
        // What is in the pipeline of a reader is its COMMIT: the next transaction reads the answer.
        const bool is_left = each->phase == Phase::Ended && each->is_left && !each->is_idle();
        connection->is_settling = is_left;
        forget_results(*each);
        settle_settings(each->kept->told, is_committed);
        const bool is_settled = (each->phase == Phase::Ended || each->phase == Phase::Fresh) && each->is_idle() &&
                                each->cancel_socket < 0 && PQexitPipelineMode(connection->libpq);
        net::end_cancel(each->cancel_socket);
        if (is_settled || is_left)
            give_back(connection);
        else
            net::close(connection);
    }
    sessions = nullptr;
    forget_subtransactions();
    forget_used_node();
}

void initialize() {
    RegisterXactCallback(at_transaction, nullptr);
    RegisterSubXactCallback(at_subtransaction, nullptr);
    net::set_interrupt_check(raise_if_victim);
}

} // namespace cedro::transaction
