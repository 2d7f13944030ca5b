// COPY through a session. It cannot be pipelined: the session leaves pipeline
// mode for the time of the COPY.
#include "net/error.hpp"
#include "pg/scope.hpp"
#include "transaction/participant.hpp"

namespace cedro::transaction {
namespace {

/// Sleeps until the server has sent something, or takes more data.
void wait_for(Session &session, bool wants_write) {
    net::Socket socket{PQsocket(session.connection->libpq), true, wants_write};
    net::wait({&socket, 1}, net::kNever, net::Interrupts::Process);
    if (!PQconsumeInput(session.connection->libpq)) {
        session.phase = Phase::Broken;
        net::raise_lost(*session.connection);
    }
}

void flush_all(Session &session) {
    for (int unsent; (unsent = PQflush(session.connection->libpq)) != 0; wait_for(session, true))
        if (unsent < 0) {
            session.phase = Phase::Broken;
            net::raise_lost(*session.connection);
        }
}

PGresult *next_result(Session &session) {
    PGconn *libpq = session.connection->libpq;
    flush_all(session);
    while (PQisBusy(libpq)) wait_for(session, false);
    return PQgetResult(libpq);
}

/// The COPY is over: what follows is pipelined again.
void leave_copy(Session &session) {
    session.phase = Phase::Begun;
    session.has_copied = false;
    PQenterPipelineMode(session.connection->libpq);
}

/// Sends the statement and waits until the COPY is open; raises when the server refuses it.
void open_copy(Session &session, const Statement &statement, ExecStatusType expected) {
    finish_copy(session);
    use_node_of(session, statement.role);
    PQenterPipelineMode(session.connection->libpq);
    enqueue_prelude(session, statement.role);
    session.writes |= statement.writes;
    enqueue_sync(session);
    Session *self = &session;
    drain({&self, 1}, net::kNever, net::Interrupts::Process);
    raise_failure(session);
    PGconn *libpq = session.connection->libpq;
    session.phase = Phase::Copying;
    if (!PQexitPipelineMode(libpq) || !PQsendQuery(libpq, statement.sql)) net::raise_lost(*session.connection);
    PGresult *result = next_result(session);
    if (PQresultStatus(result) == expected) {
        PQclear(result);
        return;
    }
    while (PGresult *more = next_result(session)) PQclear(more);
    leave_copy(session);
    raise_result(session, result);
}

/// Reads the end of the COPY; returns the number of rows.
uint64 close_copy(Session &session) {
    uint64 count = 0;
    PGresult *error = nullptr;
    while (PGresult *result = next_result(session)) {
        if (PQresultStatus(result) == PGRES_COMMAND_OK) {
            count = strtoull(PQcmdTuples(result), nullptr, 10);
            PQclear(result);
        } else if (!error) {
            error = result;
        } else {
            PQclear(result);
        }
    }
    leave_copy(session);
    if (error) raise_result(session, error);
    relay_notices(session);
    return count;
}

} // namespace

void start_copy_in(Session *session, const Statement &statement, std::span<const char> data) {
    constexpr size_t kPiece = 64 * 1024;
    open_copy(*session, statement, PGRES_COPY_IN);
    PGconn *libpq = session->connection->libpq;
    while (!data.empty()) {
        auto piece = data.first(std::min(kPiece, data.size()));
        const int taken = PQputCopyData(libpq, piece.data(), static_cast<int>(piece.size()));
        if (taken < 0) break; // the server has ended the COPY: its error comes at the end
        if (taken == 0) {
            wait_for(*session, true);
            continue;
        }
        data = data.subspan(piece.size());
    }
    int ended;
    while ((ended = PQputCopyEnd(libpq, nullptr)) == 0) wait_for(*session, true);
    session->has_copied = true;
}

uint64 finish_copy(Session &session) {
    if (session.phase != Phase::Copying || !session.has_copied) return 0;
    return close_copy(session);
}

void finish_copies() {
    for (Session *each : participants()) finish_copy(*each);
}

uint64 copy_in(Session *session, const Statement &statement, std::span<const char> data) {
    start_copy_in(session, statement, data);
    return finish_copy(*session);
}

void copy_out(Session *session, const Statement &statement, pg::FunctionRef<void(std::span<const char>)> row) {
    open_copy(*session, statement, PGRES_COPY_OUT);
    PGconn *libpq = session->connection->libpq;
    for (;;) {
        char *buffer = nullptr;
        const int length = PQgetCopyData(libpq, &buffer, 1);
        if (length == 0) {
            wait_for(*session, false);
            continue;
        }
        if (length < 0) break;
        pg::finally([&] { row({buffer, static_cast<size_t>(length)}); }, [&] { PQfreemem(buffer); });
    }
    close_copy(*session);
}

} // namespace cedro::transaction
