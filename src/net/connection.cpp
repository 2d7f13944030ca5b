#include "net/connection.hpp"

#include "net/conninfo.hpp"
#include "net/error.hpp"
#include "net/settings.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "pg/wait.hpp"

namespace cedro::net {
namespace {

/// Keywords and values for libpq; a later entry replaces an earlier one.
struct Options {
    pg::Vector<const char *> keywords;
    pg::Vector<const char *> values;

    void set(const char *keyword, const char *value) {
        for (size_t i = 0; i < keywords.size(); i++)
            if (strcmp(keywords[i], keyword) == 0) {
                values[i] = value;
                return;
            }
        keywords.push(keyword);
        values.push(value);
    }
    void set_all(const char *conninfo) {
        if (!conninfo) return;
        PQconninfoOption *parsed = PQconninfoParse(conninfo, nullptr);
        if (!parsed) return; // checked when the setting or the row was made
        pg::adopt(parsed, PQconninfoFree);
        for (PQconninfoOption *each = parsed; each->keyword; each++)
            if (each->val) set(pstrdup(each->keyword), pstrdup(each->val));
    }
};

Options options_for(const Target &target) {
    Options options;
    options.set("host", target.host);
    options.set("port", psprintf("%d", target.port));
    options.set("dbname", get_database_name(MyDatabaseId));
    options.set_all(setting::node_conninfo);
    options.set_all(target.poolinfo);
    options.set("user", target.login);
    if (target.password) options.set("password", target.password);
    options.set_all(target.authinfo);
    options.set("client_encoding", GetDatabaseEncodingName());
    options.set("application_name", target.application_name);
    options.keywords.push(nullptr);
    options.values.push(nullptr);
    return options;
}

void keep_notice(void *argument, const PGresult *result);

Connection *begin(const Target &target) {
    Options options = options_for(target);
    MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "citus connection", ALLOCSET_SMALL_SIZES);
    auto *connection = pg::with_context(context, [&] {
        auto *made = pg::make<Connection>();
        *made = {};
        made->context = context;
        made->notice_context = AllocSetContextCreate(context, "citus notices", ALLOCSET_SMALL_SIZES);
        made->node_id = target.node_id;
        made->host = pstrdup(target.host);
        made->port = target.port;
        made->login = pstrdup(target.login);
        made->has_pool = target.poolinfo != nullptr;
        return made;
    });
    PGconn *libpq = PQconnectStartParams(options.keywords.begin(), options.values.begin(), false);
    if (!libpq) ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
    connection->libpq = pg::adopt(libpq, PQfinish, context);
    PQsetNoticeReceiver(libpq, keep_notice, connection);
    return connection;
}

void give_up(Attempt &attempt, const char *reason) {
    Connection *connection = attempt.connection;
    attempt.failure = reason ? reason : trimmed(PQerrorMessage(connection->libpq));
    attempt.was_refused = PQconnectionUsedPassword(connection->libpq) || PQconnectionNeedsPassword(connection->libpq);
    attempt.connection = nullptr;
    close(connection);
}

/// One step of libpq's state machine; true when the attempt has ended either way.
bool advance(Attempt &attempt, PostgresPollingStatusType &status) {
    status = PQconnectPoll(attempt.connection->libpq);
    if (status == PGRES_POLLING_OK) {
        attempt.connection->opened_at = GetCurrentTimestamp();
        PQsetnonblocking(attempt.connection->libpq, 1);
        return true;
    }
    if (status != PGRES_POLLING_FAILED) return false;
    give_up(attempt, nullptr);
    return true;
}

/// Until all attempts have ended.
void advance_all(std::span<Attempt> attempts) {
    const Deadline deadline = in_milliseconds(setting::node_connection_timeout);
    struct Step {
        Attempt *attempt;
        PostgresPollingStatusType status;
    };
    pg::Vector<Step> running;
    for (Attempt &each : attempts) {
        each.connection = begin(each.target);
        if (PQstatus(each.connection->libpq) == CONNECTION_BAD)
            give_up(each, nullptr);
        else
            running.push({&each, PGRES_POLLING_WRITING});
    }
    while (!running.empty()) {
        pg::Vector<Socket> sockets;
        for (const Step &each : running)
            sockets.push({PQsocket(each.attempt->connection->libpq), each.status == PGRES_POLLING_READING,
                          each.status != PGRES_POLLING_READING});
        if (!wait(sockets, deadline, Interrupts::Process)) {
            for (Step &each : running)
                give_up(*each.attempt, psprintf("no answer within %d ms", setting::node_connection_timeout));
            return;
        }
        size_t kept = 0;
        for (size_t i = 0; i < running.size(); i++) {
            if (sockets[i].is_ready && advance(*running[i].attempt, running[i].status)) continue;
            running[kept++] = running[i];
        }
        running.resize_down(kept);
    }
}

void keep_notice(void *argument, const PGresult *result) {
    auto *connection = static_cast<Connection *>(argument);
    constexpr int kFlags = MCXT_ALLOC_NO_OOM;
    auto copied = [&](int field) -> char * {
        const char *text = PQresultErrorField(result, field);
        if (!text) return nullptr;
        const size_t size = strlen(text) + 1;
        auto *copy = static_cast<char *>(MemoryContextAllocExtended(connection->notice_context, size, kFlags));
        if (copy) memcpy(copy, text, size);
        return copy;
    };
    auto *notice =
        static_cast<Notice *>(MemoryContextAllocExtended(connection->notice_context, sizeof(Notice), kFlags));
    if (!notice) return;
    *notice = {nullptr,
               level_of(PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED)),
               sqlstate_of(PQresultErrorField(result, PG_DIAG_SQLSTATE), ERRCODE_WARNING),
               copied(PG_DIAG_MESSAGE_PRIMARY),
               copied(PG_DIAG_MESSAGE_DETAIL),
               copied(PG_DIAG_MESSAGE_HINT)};
    (connection->last_notice ? connection->last_notice->next : connection->notices) = notice;
    connection->last_notice = notice;
}

} // namespace

void connect(std::span<Attempt> attempts) {
    advance_all(attempts);
    // Until here an error closes all of them.
    for (Attempt &each : attempts)
        if (each.connection) MemoryContextSetParent(each.connection->context, TopMemoryContext);
}

void close(Connection *connection) { MemoryContextDelete(connection->context); }

bool is_alive(Connection *connection) {
    if (PQstatus(connection->libpq) != CONNECTION_OK) return false;
    // What a server says without being asked is, first of all, good-bye.
    Socket socket{PQsocket(connection->libpq), true, false};
    return !wait({&socket, 1}, now(), Interrupts::Hold);
}

bool settle(Connection *connection) {
    constexpr int64 kLimit = 1000; // milliseconds
    const Deadline deadline = in_milliseconds(kLimit);
    PGconn *libpq = connection->libpq;
    while (connection->is_settling) {
        if (PQflush(libpq) < 0) return false;
        if (PQisBusy(libpq)) {
            Socket socket{PQsocket(libpq), true, false};
            if (!wait({&socket, 1}, deadline, Interrupts::Hold) || !PQconsumeInput(libpq)) return false;
            continue;
        }
        PGresult *result = PQgetResult(libpq);
        const ExecStatusType status = PQresultStatus(result);
        const bool is_bad = result && status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_SYNC;
        PQclear(result);
        if (is_bad || PQstatus(libpq) != CONNECTION_OK) return false;
        if (result && status == PGRES_PIPELINE_SYNC) connection->is_settling = false;
    }
    return PQexitPipelineMode(libpq) && PQtransactionStatus(libpq) == PQTRANS_IDLE;
}

const PGresult *query(Connection *connection, const char *sql, std::span<const char *const> parameters) {
    PGconn *libpq = connection->libpq;
    if (!PQsendQueryParams(libpq, sql, static_cast<int>(parameters.size()), nullptr, parameters.data(), nullptr,
                           nullptr, 0))
        raise_lost(*connection);
    const Deadline deadline = in_milliseconds(setting::node_connection_timeout);
    const PGresult *last = nullptr;
    for (;;) {
        const int unsent = PQflush(libpq);
        if (unsent < 0) raise_lost(*connection);
        while (unsent == 0 && !PQisBusy(libpq)) {
            PGresult *result = PQgetResult(libpq);
            if (!result) return last;
            last = pg::adopt(result, PQclear);
        }
        Socket socket{PQsocket(libpq), true, unsent > 0};
        if (!wait({&socket, 1}, deadline, Interrupts::Process))
            ereport(ERROR, (errcode(ERRCODE_SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION),
                            errmsg("node %s:%d did not answer within %d ms", connection->host, connection->port,
                                   setting::node_connection_timeout)));
        if (!PQconsumeInput(libpq)) raise_lost(*connection);
    }
}

Notice *next_notice(Connection *connection) {
    Notice *notice = connection->notices;
    if (!notice) {
        MemoryContextReset(connection->notice_context);
        return nullptr;
    }
    connection->notices = notice->next;
    if (!connection->notices) connection->last_notice = nullptr;
    return notice;
}

} // namespace cedro::net
