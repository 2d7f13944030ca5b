// Rolling back on the nodes. Runs while this transaction aborts: nothing may be
// raised, and a node that does not answer must not hold the client up; its
// connection is closed, upon which its server rolls back by itself.
#include "net/error.hpp"
#include "pg/transaction.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/participant.hpp"

namespace cedro::transaction {
namespace {

constexpr int64 kRollbackLimit = 3000; // milliseconds, for each of the two steps

/// What is still running is cancelled, so that the session can hear the ROLLBACK.
void interrupt(Session &session) {
    if (session.phase == Phase::Copying) session.phase = Phase::Broken;
    if (session.phase == Phase::Broken) return;
    read_arrived(session);
    if (!session.is_idle() && (session.phase == Phase::Begun || session.phase == Phase::Fresh))
        session.cancel_socket = net::start_cancel(session.connection);
}

void tell(Session &session) {
    if (!session.is_idle() || session.cancel_socket >= 0) {
        session.phase = Phase::Broken;
        return;
    }
    PQclear(session.failure);
    session.failure = nullptr;
    if (session.phase == Phase::Begun)
        try_enqueue(session, "ROLLBACK", nullptr);
    else if (session.phase == Phase::Prepared) // not there when the PREPARE failed: no matter
        try_enqueue(session, "ROLLBACK PREPARED", session.gid);
}

} // namespace

bool try_enqueue(Session &session, const char *command, const char *gid) {
    char text[300];
    if (gid)
        snprintf(text, sizeof text, "%s '%s'", command, gid);
    else
        strlcpy(text, command, sizeof text);
    PGconn *libpq = session.connection->libpq;
    const SubTransactionId level = GetCurrentSubTransactionId();
    if (!PQenterPipelineMode(libpq) || !PQsendQueryParams(libpq, text, 0, nullptr, nullptr, nullptr, nullptr, 0) ||
        !PQpipelineSync(libpq)) {
        session.phase = Phase::Broken;
        return false;
    }
    session.queue.push({0, level, false, false, nullptr});
    session.queue.push({0, level, true, false, nullptr});
    return flush(session);
}

void roll_back_all() {
    auto all = participants();
    if (all.empty()) return;
    for (Session *each : all) {
        forget_results(*each);
        interrupt(*each);
    }
    drain(all, net::in_milliseconds(kRollbackLimit), net::Interrupts::Hold);
    for (Session *each : all) tell(*each);
    drain(all, net::in_milliseconds(kRollbackLimit), net::Interrupts::Hold);
    for (Session *each : all) {
        if (each->phase != Phase::Broken && each->phase != Phase::Fresh)
            each->phase = each->is_idle() ? Phase::Ended : Phase::Broken;
        if (each->phase == Phase::Broken && each->gid) leave_to_recovery();
    }
}

} // namespace cedro::transaction
