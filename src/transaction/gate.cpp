#include "transaction/gate.hpp"

#include "pg/lock.hpp"

namespace cedro::transaction {

namespace {

// The fourth field of the tag: 4 is what the metadata says of a shard, 5 (group_lock) the shard itself.
constexpr uint16 kGateClass = 4;

// Groups share gates, so that a statement over thousands of shards does not fill the lock table.
constexpr int kGates = 64;

LOCKTAG gate_of(int32 colocation, int gate) {
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, static_cast<uint32>(colocation), static_cast<uint32>(gate), kGateClass);
    return tag;
}

} // namespace

int gate_number(int ordinal) { return ordinal % kGates; }

void pass_gates(int32 colocation, std::span<const int> ordinals) {
    uint64 wanted = 0;
    for (int ordinal : ordinals) wanted |= uint64{1} << gate_number(ordinal);
    bool has_waited = false;
    for (int gate = 0; gate < kGates; gate++) {
        if (!(wanted >> gate & 1)) continue;
        const LOCKTAG tag = gate_of(colocation, gate);
        if (LockAcquire(&tag, RowExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL) continue;
        LockAcquire(&tag, RowExclusiveLock, false, false);
        has_waited = true;
    }
    if (has_waited) AcceptInvalidationMessages();
}

void close_gate(int32 colocation, int ordinal) {
    const LOCKTAG tag = gate_of(colocation, gate_number(ordinal));
    LockAcquire(&tag, ExclusiveLock, false, false);
}

} // namespace cedro::transaction
