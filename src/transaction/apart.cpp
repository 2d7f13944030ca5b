#include "transaction/apart.hpp"

#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "net/error.hpp"
#include "net/wait.hpp"
#include "pg/guc.hpp"
#include "pg/scope.hpp"
#include "pg/transaction.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/login.hpp"
#include "transaction/names.hpp"

namespace cedro::transaction {

namespace {

struct Line {
    std::span<const char *const> commands;
    net::Connection *connection;
    size_t next = 0;
    bool is_running = false;
};

struct Crew {
    pg::Vector<Line> lines;
    ErrorData *error = nullptr; // the first one
};

void query(net::Connection *connection, const char *sql) {
    const PGresult *result = net::query(connection, sql, {});
    if (PQresultStatus(result) == PGRES_COMMAND_OK) return;
    ErrorData *error = net::error_of(result, *connection);
    error->elevel = ERROR;
    ThrowErrorData(error);
}

void open(Crew &crew, std::span<const NodeCommands> parts) {
    pg::Vector<Login> logins;
    for (const NodeCommands &part : parts) {
        const cluster::Node &node = cluster::node(part.node_id);
        logins.push({.node = {node.id, pstrdup(node.host), node.port}});
    }
    log_in(std::span<Login>(logins.begin(), logins.size()));
    const Unreachable *reason = nullptr;
    for (size_t i = 0; i < parts.size(); i++) {
        if (logins[i].reason)
            reason = logins[i].reason;
        else
            crew.lines.push({parts[i].commands, logins[i].connection});
    }
    if (reason) raise_unreachable(*reason);
    const char *owner = quote_literal_cstr(GetUserNameFromId(catalog::owner(), false));
    const char *lock_timeout = GetConfigOption("lock_timeout", false, false);
    for (const Line &line : crew.lines) {
        query(line.connection,
              psprintf("SET application_name TO 'citus_run_command gpid=" INT64_FORMAT "'", my_gpid()));
        query(line.connection, "SET client_min_messages TO warning");      // INFO, of VERBOSE, comes all the same
        query(line.connection, "SET citus.enable_ddl_propagation TO off"); // what runs there concerns that node alone
        query(line.connection, psprintf("SET lock_timeout TO %s", quote_literal_cstr(lock_timeout)));
        query(line.connection, psprintf("CALL citus_internal.become(%s)", owner));
    }
}

void take_notices(Line &line) {
    while (net::Notice *notice = net::next_notice(line.connection))
        ereport(notice->level, (errcode(notice->sqlstate), errmsg_internal("%s", notice->message),
                                notice->detail ? errdetail_internal("%s", notice->detail) : 0,
                                notice->hint ? errhint("%s", notice->hint) : 0));
}

void keep_error(Crew &crew, const Line &line, const PGresult *result) {
    const ExecStatusType status = PQresultStatus(result);
    if (crew.error || status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
    crew.error = net::error_of(result, *line.connection);
    crew.error->elevel = ERROR;
    name_tables(crew.error);
}

void advance(Crew &crew, Line &line) {
    PGconn *libpq = line.connection->libpq;
    if (PQflush(libpq) < 0 || !PQconsumeInput(libpq)) net::raise_lost(*line.connection);
    while (!PQisBusy(libpq)) {
        PGresult *result = PQgetResult(libpq);
        if (!result) {
            line.is_running = false;
            line.next++;
            break;
        }
        keep_error(crew, line, pg::adopt(result, PQclear));
    }
    take_notices(line);
}

void drive(Crew &crew) {
    for (;;) {
        pg::Vector<net::Socket> sockets;
        pg::Vector<Line *> running;
        for (Line &line : crew.lines) {
            if (!line.is_running && !crew.error && line.next < line.commands.size()) {
                if (!PQsendQuery(line.connection->libpq, line.commands[line.next])) net::raise_lost(*line.connection);
                line.is_running = true;
            }
            if (!line.is_running) continue;
            running.push(&line);
            sockets.push({PQsocket(line.connection->libpq), true, PQflush(line.connection->libpq) == 1});
        }
        if (running.empty()) return;
        net::wait(sockets, net::kNever, net::Interrupts::Process);
        for (size_t i = 0; i < running.size(); i++)
            if (sockets[i].is_ready) advance(crew, *running[i]);
    }
}

// What still runs after an error here is told to stop.
void close(Crew &crew) {
    for (Line &line : crew.lines) {
        if (line.is_running)
            if (const int socket = net::start_cancel(line.connection); socket >= 0) net::end_cancel(socket);
        net::close(line.connection);
    }
}

} // namespace

void leave_transaction() {
    MemoryContext context = CurrentMemoryContext;
    while (ActiveSnapshotSet()) PopActiveSnapshot();
    CommitTransactionCommand();
    StartTransactionCommand();
    InvalidateCatalogSnapshot();
    MemoryContextSwitchTo(context);
}

void run_apart(std::span<const NodeCommands> parts) {
    Crew crew;
    pg::finally(
        [&] {
            open(crew, parts);
            InvalidateCatalogSnapshot();
            drive(crew);
        },
        [&] { close(crew); });
    if (crew.error) ThrowErrorData(crew.error);
}

} // namespace cedro::transaction
