#include "executor/write_turn.hpp"

#include "pg/lock.hpp"
#include "pg/wait.hpp"
#include "transaction/session.hpp"

namespace cedro::executor {

namespace {

constexpr uint16 kTurnClass = 21;   // of advisory locks; unused by PostgreSQL and others
constexpr long kLongestWait = 1000; // milliseconds
constexpr long kLongestNap = 16;    // milliseconds

LOCKTAG turn_of(Oid relid) {
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, relid, 0, kTurnClass);
    return tag;
}

bool try_take(const LOCKTAG &tag) { return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL; }

bool take(const LOCKTAG &tag) {
    if (try_take(tag)) return true;
    if (transaction::has_written_elsewhere()) return false;
    long nap = 1;
    for (long waited = 0; waited < kLongestWait; waited += nap) {
        WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, nap, PG_WAIT_EXTENSION);
        ResetLatch(MyLatch);
        CHECK_FOR_INTERRUPTS();
        if (try_take(tag)) return true;
        if (nap < kLongestNap) nap *= 2;
    }
    return false;
}

} // namespace

void in_turn(Oid relid, pg::FunctionRef<void()> body) {
    const LOCKTAG tag = turn_of(relid);
    const bool is_taken = take(tag);
    body();
    if (is_taken) LockRelease(&tag, ExclusiveLock, false);
}

} // namespace cedro::executor
