#include "transaction/in_doubt.hpp"

#include "net/wait.hpp"
#include "pg/clock.hpp"
#include "pg/lock.hpp"
#include "pg/scope.hpp"
#include "pg/shared_memory.hpp"
#include "pg/spi.hpp"
#include "transaction/fault.hpp"

namespace cedro::transaction {
namespace {

constexpr int kRingSize = 8192;
constexpr int64 kLongestProtection = 100;    // milliseconds
constexpr int64 kMetadataPatience = 1000000; // microseconds after its prepare
constexpr char kTranche[] = "citus in doubt";

struct Shared {
    LWLock *lock; // protects the rest but the atomics
    pg_atomic_uint32 part_count;
    pg_atomic_uint32 protectors; // readers that protect their rounds
    bool is_complete;            // what was prepared before the server's start is entered, too
    int64 started_at;            // the ring knows nothing from before
    uint64 ring_position;        // how many were ever written to the ring
    Decided ring[kRingSize];
    int most_parts;
    Part parts[FLEXIBLE_ARRAY_MEMBER];
};

constinit Shared *shared = nullptr;

// What this backend does at the moment.
struct Announced {
    bool is_any;
    bool is_entered;
    Gid gid;
    Groups groups;
    bool changes_metadata;
};
constinit Announced own{};
constinit bool is_protecting = false;

int most_parts() { return max_prepared_xacts + MaxBackends; }
Size shared_size() { return offsetof(Shared, parts) + static_cast<Size>(most_parts()) * sizeof(Part); }

// Callers hold the lock.
Part *find_part(const Gid &gid) {
    Part *end = shared->parts + pg_atomic_read_u32(&shared->part_count);
    Part *found = std::find_if(shared->parts, end, [&](const Part &each) { return each.gid == gid; });
    return found == end ? nullptr : found;
}

void remove_part(Part *part) {
    const uint32 count = pg_atomic_read_u32(&shared->part_count);
    *part = shared->parts[count - 1];
    pg_atomic_write_u32(&shared->part_count, count - 1);
}

void add_part(const Part &part) {
    const uint32 count = pg_atomic_read_u32(&shared->part_count);
    if (static_cast<int>(count) >= shared->most_parts) {
        LWLockRelease(shared->lock);
        ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("too many transactions over several nodes are in doubt"),
                        errhint("Increase max_prepared_transactions.")));
    }
    shared->parts[count] = part;
    pg_atomic_write_u32(&shared->part_count, count + 1);
}

void add_to_ring(const Part &part) {
    shared->ring[shared->ring_position++ % kRingSize] = {part.id(), part.xid, part.database, part.groups,
                                                         pg::monotonic_time()};
}

template <typename Body>
void locked(LWLockMode mode, Body &&body) {
    LWLockAcquire(shared->lock, mode);
    body();
    LWLockRelease(shared->lock);
}

TransactionId highest_of(TransactionId xid) {
    TransactionId *children = nullptr;
    const int count = xactGetCommittedChildren(&children);
    for (int i = 0; i < count; i++)
        if (TransactionIdFollows(children[i], xid)) xid = children[i];
    return xid;
}

void wait_for_protectors() {
    const net::Deadline deadline = net::in_milliseconds(kLongestProtection);
    while (pg_atomic_read_u32(&shared->protectors) > 0 && net::now() < deadline)
        net::wait({}, net::in_milliseconds(1), net::Interrupts::Process);
}

Part part_of(const Announced &announced) {
    const TransactionId xid = GetTopTransactionIdIfAny();
    return {announced.gid,       xid, highest_of(xid), MyDatabaseId, announced.groups, announced.changes_metadata,
            pg::monotonic_time()};
}

/// Enters what was prepared before the server's start. A part that ends meanwhile is left out again.
void complete() {
    pg::Vector<Part> found;
    pg::with_spi([&] {
        pg::rows("SELECT transaction, gid, dbid FROM pg_catalog.pg_prepared_xact()", {},
                 [&](HeapTuple tuple, TupleDesc type) {
                     std::optional<Gid> gid = parse_gid(TextDatumGetCString(pg::field(tuple, type, 2)));
                     if (!gid) return;
                     const Part part{*gid,
                                     DatumGetTransactionId(pg::field(tuple, type, 1)),
                                     InvalidTransactionId,
                                     DatumGetObjectId(pg::field(tuple, type, 3)),
                                     Groups{Groups::kAll, {}},
                                     false,
                                     pg::monotonic_time()};
                     pg::with_context(TopTransactionContext, [&] { found.push(part); });
                 });
    });
    locked(LW_EXCLUSIVE, [&] {
        if (shared->is_complete) return;
        for (const Part &each : found)
            if (!find_part(each.gid) && TransactionIdIsInProgress(each.xid)) add_part(each);
        shared->is_complete = true;
    });
}

} // namespace

void request_in_doubt_memory() {
    RequestAddinShmemSpace(shared_size());
    RequestNamedLWLockTranche(kTranche, 1);
}

void attach_in_doubt_memory() {
    bool is_found = false;
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    shared = static_cast<Shared *>(ShmemInitStruct(kTranche, shared_size(), &is_found));
    if (!is_found) {
        memset(static_cast<void *>(shared), 0, shared_size());
        shared->lock = &GetNamedLWLockTranche(kTranche)->lock;
        shared->most_parts = most_parts();
        shared->started_at = pg::monotonic_time();
        pg_atomic_init_u32(&shared->part_count, 0);
        pg_atomic_init_u32(&shared->protectors, 0);
    }
    LWLockRelease(AddinShmemInitLock);
}

void announce_prepare(const Gid &gid, const Groups &groups, bool changes_metadata) {
    own = {true, false, gid, groups, changes_metadata};
}

void enter_announced() {
    if (!own.is_any || !TransactionIdIsValid(GetTopTransactionIdIfAny())) return;
    reach(FaultPoint::NodePrepare);
    wait_for_protectors();
    const Part part = part_of(own);
    locked(LW_EXCLUSIVE, [&] { add_part(part); });
    own.is_entered = true;
}

void enter_deciding(const Gid &gid, const Groups &groups) {
    announce_prepare(gid, groups, false);
    enter_announced();
    // It commits at once after the others have prepared: nothing comes between that could look.
    if (own.is_entered)
        locked(LW_EXCLUSIVE, [&] {
            if (const Part *part = find_part(gid)) add_to_ring(*part);
        });
}

void leave_prepared() {
    if (own.is_entered) reach(FaultPoint::NodePrepared, false);
    own = {};
}

void leave_own() {
    if (own.is_entered)
        locked(LW_EXCLUSIVE, [] {
            if (Part *part = find_part(own.gid)) remove_part(part);
        });
    own = {};
    protect_round(false);
}

void finish_part(const Gid &gid, bool is_commit, pg::FunctionRef<void()> body) {
    if (is_commit)
        locked(LW_EXCLUSIVE, [&] {
            if (const Part *part = find_part(gid)) add_to_ring(*part);
        });
    body();
    locked(LW_EXCLUSIVE, [&] {
        if (Part *part = find_part(gid)) remove_part(part);
    });
}

bool has_parts_in_doubt() { return pg_atomic_read_u32(&shared->part_count) > 0 || !shared->is_complete; }

pg::Vector<Part> parts_in_doubt() {
    if (!shared->is_complete) complete();
    pg::Vector<Part> parts;
    locked(LW_SHARED, [&] {
        const uint32 all = pg_atomic_read_u32(&shared->part_count);
        for (uint32 i = 0; i < all; i++)
            if (shared->parts[i].database == MyDatabaseId) parts.push(shared->parts[i]);
    });
    return parts;
}

void wait_for_metadata_changes() {
    if (!has_parts_in_doubt()) return;
    for (const Part &each : parts_in_doubt()) {
        if (!each.changes_metadata) continue;
        const int64 limit = each.since + kMetadataPatience;
        while (TransactionIdIsInProgress(each.xid) && pg::monotonic_time() < limit)
            net::wait({}, net::in_milliseconds(1), net::Interrupts::Process);
    }
}

pg::Vector<Decided> decided_since(int64 since, std::span<const GlobalId> wanted, bool &is_complete) {
    pg::Vector<Decided> all;
    is_complete = false;
    locked(LW_SHARED, [&] {
        const uint64 end = shared->ring_position;
        const uint64 begin = end > kRingSize ? end - kRingSize : 0;
        is_complete = begin == 0 && since >= shared->started_at;
        for (uint64 at = end; at > begin; at--) {
            const Decided &each = shared->ring[(at - 1) % kRingSize];
            const bool is_recent = each.since >= since;
            if (!is_recent) is_complete = true;
            if (!is_recent && wanted.empty()) break;
            if (each.database != MyDatabaseId) continue;
            if (is_recent || std::ranges::find(wanted, each.id) != wanted.end()) all.push(each);
        }
    });
    return all;
}

void protect_round(bool is_protected) {
    if (is_protected == is_protecting) return;
    is_protecting = is_protected;
    pg_atomic_fetch_add_u32(&shared->protectors, is_protected ? 1 : -1);
}

} // namespace cedro::transaction
