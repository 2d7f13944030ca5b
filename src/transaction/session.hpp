// The participants of the running distributed transaction: one session (one
// libpq connection) per node. Statements are queued in its pipeline; whatever
// the node must know first (BEGIN, savepoints, changed settings, the role) goes
// ahead of them in the same flush.
//
// One connection per node and backend: what this transaction wrote on a node,
// its later statements there see.
#pragma once
#include "cluster/node.hpp"
#include "net/result.hpp"
#include "pg/arena.hpp"

namespace cedro::transaction {

/// A participant. Opaque; owned by this module, valid to the end of the transaction.
struct Session;

/// The session with another node; opens and authenticates the connection when
/// there is none in this backend's pool. Raises 08001 (with the node's address
/// and what to do) when the node cannot be reached, and an error for the local node.
Session *session(int32 node_id);

/// As session(), but returns nullptr when the node cannot be reached: for reads
/// that have another placement. The failure is remembered for some seconds so
/// that not every statement waits for the timeout.
Session *session_if_reachable(int32 node_id);

/// Whether statements of this transaction may have written on other nodes.
bool has_written_elsewhere();

/// Opens the missing sessions with these nodes (but this one) at the same time; raises as session() does.
void connect_all(std::span<const cluster::Node> nodes);

/// One parameter. type InvalidOid: the receiver infers it.
struct Parameter {
    Oid type;
    const char *value; ///< nullptr: NULL
    int length = -1;   ///< of a value in binary; -1: it is text
};

struct Statement {
    /// Made by the extension, never by a user: a CALL of citus_internal in it would be obeyed.
    const char *sql;
    std::span<const Parameter> parameters = {};
    /// The role in whose name it runs; InvalidOid: the node itself (privileged calls of citus_internal).
    Oid role = InvalidOid;
    /// The statement may write: the node takes part in two-phase commit.
    bool writes = false;
    /// Asks for results in binary.
    bool is_binary = false;
    /// The same text may come again: the node keeps it prepared then. For what is planned only.
    bool is_repeated = false;
    /// With is_repeated: whatever else must be equal for the node's plan to fit, such as the types of the result.
    uint64 shape = 0;
    /// It reads, and is all that its statement does on other nodes: the node may let it be a transaction of its
    /// own. Fetch its result with receive_alone().
    bool is_alone = false;
};

/// Identifies a queued statement of one session; grows by one per statement.
using Ticket = uint64;

/// Queues a statement and flushes as far as the socket takes it without waiting.
Ticket send(Session *session, const Statement &statement);

/// Waits for the result of a statement (interruptible by cancel and timeouts).
/// Results of earlier tickets are read and kept until asked for. The result
/// belongs to the current memory context. A remote error is raised here with
/// its SQLSTATE, message, DETAIL, HINT and CONTEXT, shard names turned into
/// the names of the user's tables.
const PGresult *receive(Session *session, Ticket ticket);

/// As receive(), for a statement sent with `is_alone`; nullptr when it turned
/// out to write, which it cannot do alone: nothing was done, send it again without.
const PGresult *receive_alone(Session *session, Ticket ticket);

/// Drops a result that nobody wants; an error in it is still raised at the next receive.
void discard(Session *session, Ticket ticket);

/// Sends and waits.
const PGresult *run(Session *session, const Statement &statement);

/// Runs `COPY … FROM STDIN` with the whole of its data. Waits for the queue of
/// the session to drain first. Returns the number of rows.
uint64 copy_in(Session *session, const Statement &statement, std::span<const char> data);

/// As copy_in(), but returns when the data is handed over: the node goes on by
/// itself, and so may the caller with other nodes. An error of the COPY is
/// raised by whatever comes next in the session, at the latest by finish_copies().
void start_copy_in(Session *session, const Statement &statement, std::span<const char> data);

/// Waits for the COPYs that start_copy_in() has left to themselves.
void finish_copies();

/// Runs `COPY … TO STDOUT` and hands over each message (a row, in text and CSV formats).
void copy_out(Session *session, const Statement &statement, pg::FunctionRef<void(std::span<const char>)> row);

/// What the session writes takes no part in the decision about the transaction: it is committed after it, by itself, or
/// rolled back with it. For what cannot be recorded, because the extension goes.
void commit_afterwards(Session *session);

/// The node of a session.
int32 node_of(const Session *session);

/// Registers transaction callbacks; called once from _PG_init.
void initialize();

} // namespace cedro::transaction
