// A participant of the distributed transaction, as the files of this folder see it.
//
// What the pipeline holds is a queue of commands, each with the results that
// libpq will give for it, in order. The server skips to the next sync after an
// error, so each statement ends with a sync of its own.
#pragma once
#include "net/connection.hpp"
#include "pg/transaction.hpp"
#include "transaction/prepared.hpp"
#include "transaction/session.hpp"
#include "transaction/settings.hpp"

namespace cedro::transaction {

enum class Phase : uint8 {
    Fresh,    ///< connected, nothing sent in this transaction
    Begun,    ///< inside a transaction block
    Copying,  ///< inside a COPY: outside of pipeline mode, of no use after an error
    Prepared, ///< PREPARE TRANSACTION was sent; the outcome may be unknown
    Ended,    ///< committed or rolled back
    Broken    ///< the connection is lost
};

/// A command in the pipeline whose results have not all been read.
struct Command {
    Ticket ticket; ///< 0: sent by this module itself
    SubTransactionId level;
    bool is_sync;
    bool is_discarded;
    PGresult *result;
    int prepares = PreparedStatements::kNone; ///< the statement that it prepares
};

struct Finished {
    Ticket ticket;
    SubTransactionId level;
    PGresult *result;
};

/// What a connection keeps from one transaction to the next.
struct Kept {
    ToldSettings told;
    PreparedStatements statements;
};

struct Session {
    net::Connection *connection;
    int32 node_id;
    int32 group;
    int number; ///< the connection's in the gid
    Phase phase;
    bool writes;
    bool is_pinned;            ///< REPEATABLE READ: its snapshot fits those of the other nodes
    SubTransactionId begun_in; ///< the subtransaction that first used it
    pg::Vector<Command> queue;
    size_t head; ///< first command of the queue that is not finished
    pg::Vector<Finished> finished;
    PGresult *failure; ///< the first error that belongs to no ticket
    Ticket last_ticket;
    pg::Vector<SubTransactionId> savepoints; ///< those the node has, outermost first
    Oid role;                                ///< whose rights the node applies now
    bool is_role_known;
    int8 is_read_only; ///< the node's transaction; -1: not known
    Kept *kept;        ///< with the connection
    int cancel_socket; ///< a cancel that the server has not confirmed; -1
    const char *gid;   ///< once it is to be prepared
    bool is_left;      ///< Phase::Ended, and the answer is not waited for
    bool is_apart;     ///< see commit_afterwards()
    bool has_copied;   ///< Phase::Copying, and all data is handed over: only the end is to be read

    bool is_idle() const { return head == queue.size(); }
};

/// The sessions of this transaction, in the order of their creation.
std::span<Session *const> participants();

// pipeline.cpp

/// Queues a command; ticket 0 for this module's own.
void enqueue(Session &session, const Statement &statement, Ticket ticket = 0);
/// Ends a unit: the server goes on here after an error.
void enqueue_sync(Session &session);
/// Writes what the socket takes; marks the session broken (and raises, when asked) if it is lost.
bool flush(Session &session);
/// Takes the results that have arrived, without waiting.
void read_arrived(Session &session);
/// Sleeps until something arrives for one of the sessions or can be sent. False: the deadline has passed.
bool pump(std::span<Session *const> sessions, net::Deadline deadline, net::Interrupts interrupts);
/// Waits for everything queued; does not raise remote errors. False: the deadline has passed or the connection broke.
bool drain(std::span<Session *const> sessions, net::Deadline deadline, net::Interrupts interrupts);
/// Raises the error of a command whose ticket nobody will ask for.
void raise_failure(Session &session);
/// Raises a remote error with the names of the user's tables. Takes the result over.
[[noreturn]] void raise_result(const Session &session, PGresult *result);
/// Hands the node's warnings on to the client.
void relay_notices(Session &session);
/// Forgets results that nobody fetched.
void forget_results(Session &session);

// copy.cpp

/// Reads the end of a COPY that start_copy_in() has left to itself; raises its error. Returns the rows.
uint64 finish_copy(Session &session);

// prelude.cpp

/// Puts ahead of the next statement what the node must know: the transaction, savepoints, settings, the role.
void enqueue_prelude(Session &session, Oid role);
/// Whether a statement that only reads may be a transaction of its own on the node.
bool may_be_alone(const Session &session);
/// The same ahead of a statement that is alone.
void enqueue_prelude_alone(Session &session, Oid role);
/// What the node knows of this transaction, after a rollback to a savepoint.
void forget_told(Session &session, SubTransactionId self);

// pool.cpp

/// A connection of this backend to the node: an idle one or a new one. Raises 08001.
net::Connection *take_connection(int32 node_id);
/// As take_connection(), but nullptr when the node cannot be reached.
net::Connection *try_take_connection(int32 node_id);
/// Opens the connections that are missing at the same time, and keeps them as idle ones. Raises 08001.
void connect_ahead(std::span<const cluster::Node> nodes);
/// Keeps an idle connection for later transactions, or closes it.
void give_back(net::Connection *connection);

// savepoint.cpp

/// The subtransactions that this backend is in, outermost first.
std::span<const SubTransactionId> open_subtransactions();
void forget_subtransactions();
void at_subtransaction(SubXactEvent event, SubTransactionId self, SubTransactionId parent, void *);

// serializable.cpp

/// Counts the node of a statement among those that a serializable transaction uses; raises 0A000 for a second one.
void use_node_of(const Session &session, Oid role);
void forget_used_node();

// snapshot.cpp

/// The end of the transaction.
void forget_snapshots();

// late_writer.cpp

/// Whether the node has said that it writes in this transaction.
bool has_told_of_writing(const Session &session);

// commit.cpp and rollback.cpp

void at_transaction(XactEvent event, void *);
/// Queues a command of this module, with a gid as its literal unless nullptr. Never raises.
bool try_enqueue(Session &session, const char *command, const char *gid);
/// Rolls back everywhere. Never raises and never waits for long.
void roll_back_all();
/// Returns connections to the pool, closes those that are of no use, forgets the sessions.
/// `is_committed`: what the nodes were told of the session, they keep.
void end_sessions(bool is_committed);

} // namespace cedro::transaction
