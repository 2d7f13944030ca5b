#include "worker/group_lock.hpp"

#include "pg/postgres.hpp"

namespace cedro::worker {

namespace {

// The fourth field of the lock's tag tells what an advisory lock is about: 5 is a shard.
constexpr uint16 kShardLock = 5;

} // namespace

void lock_group(plan::Group group, bool is_exclusive) {
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, static_cast<uint32>(group.colocation), static_cast<uint32>(group.ordinal),
                         kShardLock);
    LockAcquire(&tag, is_exclusive ? ExclusiveLock : ShareLock, false, false);
}

} // namespace cedro::worker
