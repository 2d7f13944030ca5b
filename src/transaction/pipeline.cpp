// Commands and results of one session over libpq's pipeline mode.
#include "transaction/participant.hpp"

#include "net/error.hpp"
#include "net/settings.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "transaction/names.hpp"

namespace cedro::transaction {
namespace {

bool is_error(const PGresult *result) {
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR;
}

constexpr char kUnknownStatement[] = "26000";

/// Learns what the node has prepared and what it has not.
void note_prepared(Session &session, const Command &command, const PGresult *result) {
    PreparedStatements &statements = session.kept->statements;
    if (command.prepares != PreparedStatements::kNone)
        statements.prepared(command.prepares, PQresultStatus(result) == PGRES_COMMAND_OK);
    if (!is_error(result)) return;
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (code && strcmp(code, kUnknownStatement) == 0) statements.forget_all();
}

void finish(Session &session, Command &command) {
    PGresult *result = command.result;
    command.result = nullptr;
    session.head++;
    note_prepared(session, command, result);
    if (command.ticket != 0 && !command.is_discarded) {
        session.finished.push({command.ticket, command.level, result});
        return;
    }
    if (result && is_error(result) && !session.failure)
        session.failure = result;
    else
        PQclear(result);
}

/// Gives a result to the command at the head of the queue.
void accept(Session &session, PGresult *result) {
    Command &command = session.queue[session.head];
    if (command.is_sync) {
        if (!result) return;
        PQclear(result);
        session.head++;
    } else if (!result) {
        finish(session, command);
    } else {
        PQclear(command.result); // an error after rows replaces them
        command.result = result;
    }
    if (session.is_idle()) {
        session.queue.clear();
        session.head = 0;
    }
}

void lose(Session &session) { session.phase = Phase::Broken; }

/// citus.grep_remote_commands is a pattern of LIKE; empty: all are logged.
bool is_to_be_logged(const char *sql) {
    const char *pattern = setting::grep_remote_commands;
    return pattern[0] == '\0' ||
           DatumGetBool(DirectFunctionCall2Coll(textlike, C_COLLATION_OID, CStringGetTextDatum(sql),
                                                CStringGetTextDatum(pattern)));
}

} // namespace

namespace {

void raise_if(bool is_lost, Session &session) {
    if (!is_lost) return;
    lose(session);
    net::raise_lost(*session.connection);
}

void prepare(Session &session, const char *name, const Statement &statement, int entry) {
    const size_t count = statement.parameters.size();
    auto *types = static_cast<Oid *>(palloc((count + 1) * sizeof(Oid)));
    for (size_t i = 0; i < count; i++) types[i] = statement.parameters[i].type;
    raise_if(!PQsendPrepare(session.connection->libpq, name, statement.sql, static_cast<int>(count), types), session);
    session.queue.push({0, GetCurrentSubTransactionId(), false, false, nullptr, entry});
    pfree(types);
}

void log_command(const Session &session, const char *sql) {
    if (setting::log_remote_commands && is_to_be_logged(sql))
        ereport(NOTICE, (errmsg("issuing %s", sql),
                         errdetail("on node %s:%d", session.connection->host, session.connection->port)));
}

// Sends the statement under its name, or, when that is nullptr, with its text.
void send_command(Session &session, const char *name, const Statement &statement) {
    const size_t count = statement.parameters.size();
    auto *types = static_cast<Oid *>(palloc((count + 1) * sizeof(Oid)));
    auto *values = static_cast<const char **>(palloc((count + 1) * sizeof(char *)));
    auto *lengths = static_cast<int *>(palloc((count + 1) * sizeof(int)));
    auto *formats = static_cast<int *>(palloc((count + 1) * sizeof(int)));
    for (size_t i = 0; i < count; i++) {
        const Parameter &each = statement.parameters[i];
        types[i] = each.type;
        values[i] = each.value;
        lengths[i] = each.length;
        formats[i] = each.length >= 0;
    }
    PGconn *libpq = session.connection->libpq;
    const int number = static_cast<int>(count);
    const int format = statement.is_binary ? 1 : 0;
    raise_if(name ? !PQsendQueryPrepared(libpq, name, number, values, lengths, formats, format)
                  : !PQsendQueryParams(libpq, statement.sql, number, types, values, lengths, formats, format),
             session);
    pfree(types);
    pfree(values);
    pfree(lengths);
    pfree(formats);
}

} // namespace

void enqueue(Session &session, const Statement &statement, Ticket ticket) {
    PreparedStatements::Choice choice{PreparedStatements::kNone, false, nullptr};
    PreparedStatements &statements = session.kept->statements;
    if (statement.is_repeated) choice = statements.choose(statement, session.kept->told.parsing_version);
    const char *name = nullptr;
    if (choice.entry != PreparedStatements::kNone) {
        name = statements.name_of(choice.entry);
        if (choice.is_new) prepare(session, name, statement, choice.entry);
    }
    send_command(session, name, statement);
    log_command(session, statement.sql);
    session.queue.push({ticket, GetCurrentSubTransactionId(), false, false, nullptr});
    // Not before it: a BEGIN must come first in its transaction.
    if (choice.dropped) enqueue(session, {psprintf("DEALLOCATE %s", choice.dropped)});
}

void enqueue_sync(Session &session) {
    if (!PQpipelineSync(session.connection->libpq)) {
        lose(session);
        net::raise_lost(*session.connection);
    }
    session.queue.push({0, GetCurrentSubTransactionId(), true, false, nullptr});
}

bool flush(Session &session) {
    if (PQflush(session.connection->libpq) >= 0) return true;
    lose(session);
    return false;
}

void read_arrived(Session &session) {
    PGconn *libpq = session.connection->libpq;
    while (!session.is_idle() && !PQisBusy(libpq)) {
        accept(session, PQgetResult(libpq));
        if (PQstatus(libpq) != CONNECTION_OK) {
            lose(session);
            return;
        }
    }
}

bool pump(std::span<Session *const> sessions, net::Deadline deadline, net::Interrupts interrupts) {
    constexpr size_t kMost = 64; // more are served in the next round
    net::Socket sockets[kMost];
    Session *served[kMost];
    size_t count = 0;
    for (Session *each : sessions) {
        if (each->phase == Phase::Broken || count == kMost) continue;
        const int unsent = PQflush(each->connection->libpq);
        if (unsent < 0) {
            lose(*each);
            return true;
        }
        if (each->phase == Phase::Copying) {
            // What it has to say is read by finish_copy(); until then it is only fed.
            if (unsent > 0 && each->has_copied) {
                served[count] = nullptr;
                sockets[count++] = {PQsocket(each->connection->libpq), false, true};
            }
            continue;
        }
        if (each->is_idle() && each->cancel_socket < 0) continue;
        served[count] = each;
        sockets[count++] = {each->is_idle() ? each->cancel_socket : PQsocket(each->connection->libpq), true,
                            unsent > 0};
    }
    if (count == 0) return true;
    if (!net::wait({sockets, count}, deadline, interrupts)) return false;
    for (size_t i = 0; i < count; i++) {
        if (!sockets[i].is_ready || !served[i]) continue;
        Session &session = *served[i];
        if (session.is_idle()) {
            net::end_cancel(session.cancel_socket);
            session.cancel_socket = -1;
            continue;
        }
        if (!PQconsumeInput(session.connection->libpq))
            lose(session);
        else
            read_arrived(session);
    }
    return true;
}

bool drain(std::span<Session *const> sessions, net::Deadline deadline, net::Interrupts interrupts) {
    for (;;) {
        bool is_busy = false;
        bool is_lost = false;
        for (Session *each : sessions) {
            if (each->phase == Phase::Broken) {
                is_lost = true;
                continue;
            }
            read_arrived(*each);
            if (!each->is_idle() || each->cancel_socket >= 0) is_busy = true;
        }
        if (!is_busy) return !is_lost;
        if (!pump(sessions, deadline, interrupts)) return false;
    }
}

namespace {

bool says_aborted(const PGresult *result) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state && unpack_sql_state(ERRCODE_IN_FAILED_SQL_TRANSACTION) == std::string_view(state);
}

// What failed because the transaction had failed says nothing; what failed first may not have been read yet.
const PGresult *first_cause(const Session &session, const PGresult *result) {
    if (!says_aborted(result)) return result;
    if (session.failure && !says_aborted(session.failure)) return session.failure;
    const Finished *first = nullptr;
    for (const Finished &each : session.finished)
        if (each.result && is_error(each.result) && !says_aborted(each.result) &&
            (!first || each.ticket < first->ticket))
            first = &each;
    return first ? first->result : result;
}

} // namespace

void raise_result(const Session &session, PGresult *result) {
    pg::adopt(result, PQclear);
    ErrorData *error = net::error_of(first_cause(session, result), *session.connection);
    name_tables(error);
    ThrowErrorData(error);
    pg_unreachable();
}

void raise_failure(Session &session) {
    if (session.failure) {
        PGresult *result = session.failure;
        session.failure = nullptr;
        raise_result(session, result);
    }
    if (session.phase == Phase::Broken) net::raise_lost(*session.connection);
}

void relay_notices(Session &session) {
    while (net::Notice *notice = net::next_notice(session.connection)) {
        if (setting::worker_min_messages == setting::kLogOff || notice->level < setting::worker_min_messages) continue;
        auto *data = static_cast<ErrorData *>(palloc0(sizeof(ErrorData)));
        data->elevel = notice->level;
        data->sqlerrcode = notice->sqlstate;
        data->message = notice->message;
        data->detail = notice->detail;
        data->hint = notice->hint;
        data->assoc_context = CurrentMemoryContext;
        name_tables(data);
        ThrowErrorData(data);
    }
}

void forget_results(Session &session) {
    for (const Finished &each : session.finished) PQclear(each.result);
    session.finished.clear();
    for (size_t i = session.head; i < session.queue.size(); i++) {
        PQclear(session.queue[i].result);
        session.queue[i].result = nullptr;
        session.queue[i].is_discarded = true;
    }
    PQclear(session.failure);
    session.failure = nullptr;
}

} // namespace cedro::transaction
