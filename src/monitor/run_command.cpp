#include "monitor/run_command.hpp"

#include "cluster/node.hpp"
#include "net/error.hpp"
#include "net/settings.hpp"
#include "net/wait.hpp"
#include "pg/scope.hpp"
#include "pg/server.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/login.hpp"

namespace cedro::monitor {
namespace {

/// The commands of one node, and where they have got to.
struct Line {
    const char *host;
    int32 port;
    pg::Vector<Command *> commands;
    size_t next = 0; ///< the command that runs or is to run
    bool is_running = false;
    net::Connection *connection = nullptr;

    bool is_done() const { return next == commands.size(); }
};

Line *line_of(pg::Vector<Line> &lines, const Command &command) {
    for (Line &line : lines)
        if (line.port == command.port && strcmp(line.host, command.host) == 0) return &line;
    return &lines.push({command.host, command.port, pg::Vector<Command *>()});
}

/// The address to reach a line's node at. A server that was never registered knows itself only.
std::optional<transaction::NodeAddress> address_of(const Line &line) {
    if (const cluster::Node *node = cluster::find(line.host, line.port))
        return transaction::NodeAddress{node->id, node->host, node->port};
    if (cluster::nodes().empty() && line.port == PostPortNumber && strcmp(line.host, setting::local_hostname) == 0)
        return transaction::NodeAddress{0, line.host, line.port};
    return std::nullopt;
}

void fail_all(Line &line, const char *reason) {
    for (Command *command : line.commands) command->result = reason;
    line.next = line.commands.size();
}

const char *failure_of(const PGresult *result, const net::Connection &connection) {
    return psprintf("ERROR:  %s", net::error_of(result, connection)->message);
}

/// Logs in and becomes the current role for good: what follows is a client's statement like any other.
void open(Line &line) {
    std::optional<transaction::NodeAddress> address = address_of(line);
    if (!address) return fail_all(line, psprintf("there is no node at %s:%d", line.host, line.port));
    if (const transaction::Unreachable *reason = transaction::log_in(*address, &line.connection)) {
        line.connection = nullptr;
        return fail_all(line, reason->detail ? psprintf("%s: %s", reason->message, reason->detail) : reason->message);
    }
    const char *name =
        psprintf("SET application_name TO 'citus_run_command gpid=" INT64_FORMAT "'", transaction::my_gpid());
    net::query(line.connection, name, {});
    const char *role[] = {GetUserNameFromId(GetUserId(), false)};
    const PGresult *result = net::query(line.connection, "CALL citus_internal.become($1)", role);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) return fail_all(line, failure_of(result, *line.connection));
    for (Command *command : line.commands) command->was_reached = true;
}

void start(Line &line) {
    line.is_running = PQsendQuery(line.connection->libpq, line.commands[line.next]->sql);
    if (!line.is_running) fail_all(line, "the connection was lost");
}

/// Puts one result into the command; the last of several statements counts, or the first that fails.
void take(Command &command, const PGresult *result, const net::Connection &connection) {
    command.has_succeeded = false;
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
        command.has_succeeded = true;
        command.result = pstrdup(PQcmdStatus(const_cast<PGresult *>(result)));
        return;
    case PGRES_TUPLES_OK:
        if (PQntuples(result) > 1) {
            command.result = "expected a single row in query result";
        } else if (PQnfields(result) != 1) {
            command.result = "expected a single column in query result";
        } else {
            command.has_succeeded = true;
            command.result = PQntuples(result) == 0 ? "" : pstrdup(PQgetvalue(result, 0, 0));
        }
        return;
    case PGRES_EMPTY_QUERY:
        command.has_succeeded = true;
        command.result = "";
        return;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH: command.result = "COPY to or from the client cannot be run on other nodes"; return;
    default: command.result = failure_of(result, connection); return;
    }
}

/// Reads what has come. A COPY cannot be answered: its connection ends with it.
void advance(Line &line) {
    PGconn *libpq = line.connection->libpq;
    Command &command = *line.commands[line.next];
    PQflush(libpq);
    bool is_lost = !PQconsumeInput(libpq);
    while (!is_lost && !PQisBusy(libpq)) {
        PGresult *result = PQgetResult(libpq);
        if (result == nullptr) {
            line.is_running = false;
            ++line.next;
            return;
        }
        take(command, pg::adopt(result, PQclear), *line.connection);
        ExecStatusType status = PQresultStatus(result);
        is_lost = status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
    }
    if (!is_lost) return;
    line.is_running = false;
    if (!command.result || command.has_succeeded) {
        command.has_succeeded = false;
        command.result = "the connection was lost";
    }
    for (++line.next; !line.is_done(); ++line.next) line.commands[line.next]->result = "the connection was lost";
}

void drive(pg::Vector<Line> &lines, bool is_parallel) {
    for (;;) {
        pg::Vector<net::Socket> sockets;
        pg::Vector<Line *> running;
        for (Line &line : lines) {
            if (!is_parallel && !running.empty()) break;
            if (!line.is_done() && !line.is_running) start(line);
            if (line.is_done()) continue;
            running.push(&line);
            sockets.push({PQsocket(line.connection->libpq), true, PQflush(line.connection->libpq) == 1});
        }
        if (running.empty()) return;
        net::wait(sockets, net::kNever, net::Interrupts::Process);
        for (size_t i = 0; i < running.size(); ++i)
            if (sockets[i].is_ready) advance(*running[i]);
    }
}

/// Also after an error: what still runs on other nodes is told to stop.
void close(pg::Vector<Line> &lines) {
    for (Line &line : lines) {
        if (line.connection == nullptr) continue;
        if (line.is_running)
            if (int socket = net::start_cancel(line.connection); socket >= 0) net::end_cancel(socket);
        net::close(line.connection);
    }
}

} // namespace

void run_commands(std::span<Command> commands, bool is_parallel) {
    pg::Vector<Line> lines;
    for (Command &command : commands) line_of(lines, command)->commands.push(&command);
    pg::finally(
        [&] {
            for (Line &line : lines) open(line);
            drive(lines, is_parallel);
        },
        [&] { close(lines); });
}

} // namespace cedro::monitor
