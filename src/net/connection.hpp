// Connections to other servers, and what may go wrong before they can be used.
#pragma once
#include "net/result.hpp"
#include "net/wait.hpp"
#include "pg/arena.hpp"

namespace cedro::net {

/// What a server said beside results (WARNING, NOTICE …), kept until it can be
/// handed on: libpq calls back at moments when nothing may be raised.
struct Notice {
    Notice *next;
    int level; ///< elevel
    int sqlstate;
    char *message;
    char *detail; ///< or nullptr
    char *hint;   ///< or nullptr
};

/// A server to connect to. The strings need to live until connect() returns.
struct Target {
    int32 node_id;
    const char *host; ///< as pg_dist_node names it: for messages
    int32 port;
    const char *login;    ///< role to log in as
    const char *password; ///< or nullptr
    const char *authinfo; ///< more options (pg_dist_authinfo), or nullptr
    const char *poolinfo; ///< options that replace host, port or database (pg_dist_poolinfo), or nullptr
    const char *application_name;
};

/// Lives in a memory context of its own, child of TopMemoryContext, until close().
struct Connection {
    PGconn *libpq;
    MemoryContext context;
    int32 node_id;
    const char *host;
    int32 port;
    const char *login;
    TimestampTz opened_at;
    bool has_pool;    ///< goes through pg_dist_poolinfo: the cancel key would be the pooler's
    bool is_settling; ///< the end of a transaction was sent, and its answer is not read yet
    int32 cancel_key; ///< of the server's backend, as it told after login
    void *kept;       ///< what the connection's user keeps with it, in its context; or nullptr
    MemoryContext notice_context;
    Notice *notices; ///< oldest first
    Notice *last_notice;
};

/// An attempt to connect: either the connection or why there is none.
struct Attempt {
    Target target;
    Connection *connection = nullptr;
    const char *failure = nullptr; ///< libpq's message
    bool was_refused = false;      ///< a server answered and refused the login
};

/// Connects to all targets at the same time, within citus.node_connection_timeout.
void connect(std::span<Attempt> attempts);

/// Closes and forgets it. Never raises.
void close(Connection *connection);

/// True when the connection is still usable as far as can be told without asking the server.
bool is_alive(Connection *connection);

/// Reads the answer that is left of the last transaction, and leaves pipeline
/// mode. False when it is not as it should be, or late: close the connection.
bool settle(Connection *connection);

/// Runs one statement outside of pipeline mode and waits for its result, which
/// belongs to the current memory context. Does not raise remote errors.
const PGresult *query(Connection *connection, const char *sql, std::span<const char *const> parameters);

/// Asks the server to cancel what the connection's backend does. Never blocks
/// for long and never raises. Returns a socket that becomes readable when the
/// server has acted on it (close it with end_cancel), or -1.
int start_cancel(Connection *connection);
void end_cancel(int socket);

/// Takes the oldest notice off the list, or nullptr. Notices stay valid until the call that returns nullptr.
Notice *next_notice(Connection *connection);

} // namespace cedro::net
