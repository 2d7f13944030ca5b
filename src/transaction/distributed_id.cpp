#include "transaction/distributed_id.hpp"

#include "cluster/node.hpp"
#include "pg/shared_memory.hpp"

namespace cedro::transaction {
namespace {

struct Slot {
    slock_t mutex; // protects the rest; held for a few instructions, no other lock inside
    int32 pid;     // 0: no distributed transaction
    Oid database;
    bool is_worker;
    int64 gpid;
    DistributedId id;
    uint64 own_number;
    uint64 victim; // number of the transaction that a deadlock chose
};

struct Shared {
    pg_atomic_uint64 last_number;
    pg_atomic_uint64 unfinished; // how many parts were left to recovery
    int slot_count;
    Slot slots[FLEXIBLE_ARRAY_MEMBER];
};

constinit Shared *shared = nullptr;
constinit DistributedId current{};
constinit uint64 current_own_number = 0;
constinit int64 current_gpid = 0; // of the backend in which it began; 0: unknown
constinit uint64 seen_unfinished = 0;

int slot_count() { return MaxBackends + NUM_AUXILIARY_PROCS; }
Size shared_size() { return offsetof(Shared, slots) + static_cast<Size>(slot_count()) * sizeof(Slot); }

Slot *my_slot() {
    const int number = pg::my_process_number();
    return shared && number < shared->slot_count ? &shared->slots[number] : nullptr;
}

void publish(const DistributedId &id, bool is_worker, int64 gpid) {
    current = id;
    current_gpid = gpid;
    current_own_number = is_worker ? 0 : id.number;
    Slot *slot = my_slot();
    if (!slot) return;
    SpinLockAcquire(&slot->mutex);
    slot->pid = MyProcPid;
    slot->database = MyDatabaseId;
    slot->is_worker = is_worker;
    slot->gpid = gpid;
    slot->id = id;
    slot->own_number = current_own_number;
    slot->victim = 0;
    SpinLockRelease(&slot->mutex);
}

} // namespace

int64 my_gpid() {
    const cluster::Node *self = cluster::primary_of(cluster::local_group());
    return (self ? self->id : 0) * INT64CONST(10000000000) + MyProcPid;
}

int64 backend_gpid() { return current && current_gpid != 0 ? current_gpid : my_gpid(); }

void request_shared_memory() { RequestAddinShmemSpace(shared_size()); }

void attach_shared_memory() {
    bool is_found = false;
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    shared = static_cast<Shared *>(ShmemInitStruct("citus transactions", shared_size(), &is_found));
    if (!is_found) {
        memset(static_cast<void *>(shared), 0, shared_size());
        // Numbers must not come again after a restart: a prepared transaction of the earlier life may be waiting.
        pg_atomic_init_u64(&shared->last_number, static_cast<uint64>(GetCurrentTimestamp()));
        pg_atomic_init_u64(&shared->unfinished, 0);
        shared->slot_count = slot_count();
        for (int i = 0; i < shared->slot_count; i++) SpinLockInit(&shared->slots[i].mutex);
    }
    LWLockRelease(AddinShmemInitLock);
}

DistributedId current_id() { return current; }

DistributedId assign_id() {
    if (!current) {
        const uint64 number = pg_atomic_add_fetch_u64(&shared->last_number, 1);
        publish({cluster::local_group(), number, GetCurrentTimestamp()}, false, my_gpid());
    }
    return current;
}

uint64 own_number() {
    if (current_own_number != 0) return current_own_number;
    current_own_number = pg_atomic_add_fetch_u64(&shared->last_number, 1);
    Slot *slot = my_slot();
    SpinLockAcquire(&slot->mutex);
    slot->own_number = current_own_number;
    SpinLockRelease(&slot->mutex);
    return current_own_number;
}

void adopt_id(const DistributedId &id, int64 gpid) { publish(id, true, gpid); }

void clear_id() {
    if (!current) return;
    current = {};
    current_own_number = 0;
    Slot *slot = my_slot();
    if (!slot) return;
    SpinLockAcquire(&slot->mutex);
    slot->pid = 0;
    slot->id = {};
    slot->own_number = 0;
    slot->victim = 0;
    SpinLockRelease(&slot->mutex);
}

pg::Vector<Running> running() {
    pg::Vector<Running> result;
    if (!shared) return result;
    for (int i = 0; i < shared->slot_count; i++) {
        Slot *slot = &shared->slots[i];
        SpinLockAcquire(&slot->mutex);
        const Running each{slot->id, slot->database, slot->pid, slot->is_worker, slot->gpid, slot->own_number};
        SpinLockRelease(&slot->mutex);
        if (each.pid != 0) result.push(each);
    }
    return result;
}

void leave_to_recovery() { pg_atomic_fetch_add_u64(&shared->unfinished, 1); }
bool has_unfinished() { return pg_atomic_read_u64(&shared->unfinished) != seen_unfinished; }
void take_unfinished() { seen_unfinished = pg_atomic_read_u64(&shared->unfinished); }

bool cancel_deadlocked(uint64 number) {
    for (int i = 0; shared && i < shared->slot_count; i++) {
        Slot *slot = &shared->slots[i];
        SpinLockAcquire(&slot->mutex);
        const bool is_it = slot->pid != 0 && !slot->is_worker && slot->id.number == number;
        const int pid = slot->pid;
        if (is_it) slot->victim = number;
        SpinLockRelease(&slot->mutex);
        if (is_it) return kill(pid, SIGINT) == 0;
    }
    return false;
}

bool is_deadlock_victim() {
    Slot *slot = current ? my_slot() : nullptr;
    if (!slot) return false;
    SpinLockAcquire(&slot->mutex);
    const bool result = slot->victim == current.number;
    SpinLockRelease(&slot->mutex);
    return result;
}

} // namespace cedro::transaction
