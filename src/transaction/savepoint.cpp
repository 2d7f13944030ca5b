// Subtransactions on the nodes. A node hears of a savepoint when the first
// statement inside it goes there; of its end at once.
#include "net/error.hpp"
#include "pg/scope.hpp"
#include "transaction/participant.hpp"

namespace cedro::transaction {
namespace {

constexpr int64 kOuterLimit = 10000;   // milliseconds for results that statements outside wait for
constexpr int64 kRollbackLimit = 3000; // and for a cancelled statement to end

constinit pg::Vector<SubTransactionId> *open = nullptr;

pg::Vector<SubTransactionId> &stack() {
    if (!open)
        open =
            pg::with_context(TopMemoryContext, [] { return pg::make<pg::Vector<SubTransactionId>>(TopMemoryContext); });
    return *open;
}

bool knows(const Session &session, SubTransactionId savepoint) { return session.savepoints.contains(savepoint); }

void release(Session &session, SubTransactionId self, SubTransactionId parent) {
    if (session.begun_in == self) session.begun_in = parent;
    finish_copy(session);
    if (!knows(session, self) || session.phase != Phase::Begun) return;
    // An error must be raised inside the subtransaction that caused it.
    Session *only = &session;
    drain({&only, 1}, net::kNever, net::Interrupts::Process);
    raise_failure(session);
    enqueue(session, {psprintf("RELEASE SAVEPOINT s%u", self)});
    enqueue_sync(session);
    if (!flush(session)) net::raise_lost(*session.connection);
    session.savepoints.resize_down(session.savepoints.size() - 1);
}

/// Results that nobody fetched: an error among them went with the subtransaction.
void forget_finished(Session &session, SubTransactionId self) {
    size_t kept = 0;
    for (const Finished &each : session.finished) {
        if (each.level >= self)
            PQclear(each.result);
        else
            session.finished[kept++] = each;
    }
    session.finished.resize_down(kept);
}

/// Ends what was sent inside the subtransaction, but lets outer statements
/// (a cursor that reads ahead) have their results.
void interrupt(Session &session, SubTransactionId self) {
    Session *only = &session;
    const net::Deadline limit = net::in_milliseconds(kOuterLimit);
    read_arrived(session);
    while (!session.is_idle() && session.phase == Phase::Begun && session.queue[session.head].level < self)
        if (!pump({&only, 1}, limit, net::Interrupts::Hold)) break;
    for (size_t i = session.head; i < session.queue.size(); i++)
        if (session.queue[i].level >= self) session.queue[i].is_discarded = true;
    if (!session.is_idle()) session.cancel_socket = net::start_cancel(session.connection);
    drain({&only, 1}, net::in_milliseconds(kRollbackLimit), net::Interrupts::Hold);
    if (!session.is_idle() || session.cancel_socket >= 0) session.phase = Phase::Broken;
    PQclear(session.failure);
    session.failure = nullptr;
    forget_finished(session, self);
}

void roll_back(Session &session, SubTransactionId self) {
    if (session.phase == Phase::Copying) session.phase = Phase::Broken;
    if (session.phase == Phase::Begun) interrupt(session, self);
    if (session.phase != Phase::Begun) return;
    char savepoint[32];
    snprintf(savepoint, sizeof savepoint, "SAVEPOINT s%u", self);
    char command[64];
    snprintf(command, sizeof command, "ROLLBACK TO %s", savepoint);
    if (!try_enqueue(session, command, nullptr)) return;
    snprintf(command, sizeof command, "RELEASE %s", savepoint);
    if (!try_enqueue(session, command, nullptr)) return;
    while (session.savepoints.back() != self) session.savepoints.resize_down(session.savepoints.size() - 1);
    session.savepoints.resize_down(session.savepoints.size() - 1);
    forget_told(session, self);
}

void at_abort(SubTransactionId self) {
    for (Session *each : participants()) {
        if (!knows(*each, self)) continue;
        roll_back(*each, self);
        // Nothing of the surviving transaction was on this connection.
        if (each->phase == Phase::Broken && each->begun_in >= self) each->writes = false;
    }
}

} // namespace

std::span<const SubTransactionId> open_subtransactions() { return stack(); }

void forget_subtransactions() { stack().clear(); }

void at_subtransaction(SubXactEvent event, SubTransactionId self, SubTransactionId parent, void *) {
    auto &levels = stack();
    switch (event) {
    case SUBXACT_EVENT_START_SUB: levels.push(self); break;
    case SUBXACT_EVENT_PRE_COMMIT_SUB:
        for (Session *each : participants()) release(*each, self, parent);
        break;
    case SUBXACT_EVENT_ABORT_SUB: at_abort(self); [[fallthrough]];
    case SUBXACT_EVENT_COMMIT_SUB:
        if (!levels.empty() && levels.back() == self) levels.resize_down(levels.size() - 1);
        break;
    }
}

} // namespace cedro::transaction
