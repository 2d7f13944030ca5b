#include "transaction/own_session.hpp"

#include "cluster/node.hpp"
#include "net/error.hpp"
#include "net/settings.hpp"
#include "pg/scope.hpp"
#include "pg/server.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/login.hpp"

namespace cedro::transaction {

namespace {

constinit net::Connection *connection = nullptr;

NodeAddress own_address() {
    if (const cluster::Node *node = cluster::primary_of(cluster::local_group()))
        return {node->id, pstrdup(node->host), node->port};
    return {0, setting::local_hostname, PostPortNumber};
}

void take_notices() {
    while (net::Notice *notice = net::next_notice(connection))
        ereport(notice->level, (errcode(notice->sqlstate), errmsg_internal("%s", notice->message),
                                notice->detail ? errdetail_internal("%s", notice->detail) : 0,
                                notice->hint ? errhint("%s", notice->hint) : 0));
}

// The results of one statement; the last counts.
const PGresult *wait_for_result() {
    PGconn *libpq = connection->libpq;
    const PGresult *last = nullptr;
    for (;;) {
        const int unsent = PQflush(libpq);
        if (unsent < 0) net::raise_lost(*connection);
        while (unsent == 0 && !PQisBusy(libpq)) {
            PGresult *result = PQgetResult(libpq);
            if (!result) return last;
            last = pg::adopt(result, PQclear);
        }
        net::Socket socket{PQsocket(libpq), true, unsent > 0};
        net::wait({&socket, 1}, net::kNever, net::Interrupts::Process);
        if (!PQconsumeInput(libpq)) net::raise_lost(*connection);
    }
}

void open() {
    if (const Unreachable *reason = log_in(own_address(), &connection)) {
        connection = nullptr;
        raise_unreachable(*reason);
    }
    run_by_itself(psprintf("SET application_name TO 'citus_rebalancer gpid=" INT64_FORMAT "'", my_gpid()));
    run_by_itself(
        psprintf("CALL citus_internal.become(%s)", quote_literal_cstr(GetUserNameFromId(GetUserId(), false))));
}

// A statement that still runs is told to stop: its transaction must not go on without us.
void close() {
    if (!connection) return;
    if (PQtransactionStatus(connection->libpq) == PQTRANS_ACTIVE) net::end_cancel(net::start_cancel(connection));
    net::close(connection);
    connection = nullptr;
}

} // namespace

bool can_commit_each() {
    return !IsTransactionBlock() && !IsSubTransaction() && !TransactionIdIsValid(GetTopTransactionIdIfAny());
}

void with_own_session(pg::FunctionRef<void()> body) {
    pg::finally(
        [&] {
            open();
            body();
        },
        [] { close(); });
}

void run_by_itself(const char *sql) {
    if (!PQsendQuery(connection->libpq, sql)) net::raise_lost(*connection);
    const PGresult *result = wait_for_result();
    take_notices();
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        ErrorData *error = net::error_of(result, *connection);
        error->elevel = ERROR;
        ThrowErrorData(error);
    }
}

} // namespace cedro::transaction
