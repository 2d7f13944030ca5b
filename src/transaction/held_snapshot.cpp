#include "transaction/held_snapshot.hpp"

#include "net/wait.hpp"
#include "pg/clock.hpp"
#include "pg/lock.hpp"
#include "pg/scope.hpp"
#include "transaction/fault.hpp"
#include "transaction/patch.hpp"
#include "transaction/recovery.hpp"

namespace cedro::transaction {
namespace {

/// Milliseconds that a decided transaction may take to be committed here before we do it.
constexpr int64 kPatience = 100;

struct Held {
    int32 number;
    Snapshot snapshot;         // in READ COMMITTED registered for the transaction, else the transaction's own
    pg::Vector<Part> in_doubt; // when it was taken, and not visible in it
};

// In TopTransactionContext.
constinit pg::Vector<Held> *held = nullptr;
constinit pg::Vector<Part> *own_in_doubt = nullptr; // of this backend's own statement

constinit bool is_fixed = false; // the transaction's only snapshot was read with

pg::Vector<Held> &all_held() {
    if (!held)
        held =
            pg::with_context(TopTransactionContext, [] { return pg::make<pg::Vector<Held>>(TopTransactionContext); });
    return *held;
}

bool is_shown(TransactionId xid, Snapshot snapshot) {
    return !XidInMVCCSnapshot(xid, snapshot) && TransactionIdDidCommit(xid);
}

/// Of those that were entered before the snapshot was taken, those that it does not show.
pg::Vector<Part> not_shown(const pg::Vector<Part> &before, Snapshot snapshot) {
    pg::Vector<Part> parts(TopTransactionContext);
    for (const Part &each : before)
        if (XidInMVCCSnapshot(each.xid, snapshot)) parts.push(each);
    return parts;
}

bool has(std::span<const Sighting> sightings, const GlobalId &id) {
    return std::ranges::find(sightings, id, &Sighting::id) != sightings.end();
}

struct Taken {
    Snapshot snapshot;
    int64 at; // pg::monotonic_time()
    pg::Vector<Part> in_doubt;
};

/// Takes a snapshot after a look at what is in doubt. `into`: one that is to be brought up to date instead, or nullptr.
Taken take(Snapshot into) {
    const pg::Vector<Part> before = parts_in_doubt();
    reach(FaultPoint::NodeSnapshot);
    Snapshot snapshot = into;
    if (IsolationUsesXactSnapshot()) {
        snapshot = GetTransactionSnapshot();
        if (!is_fixed) advance(snapshot, GetLatestSnapshot());
    } else if (into) {
        advance(into, GetTransactionSnapshot());
    } else {
        snapshot = RegisterSnapshotOnOwner(GetTransactionSnapshot(), TopTransactionResourceOwner);
    }
    return {snapshot, pg::monotonic_time(), not_shown(before, snapshot)};
}

SnapshotAnswer answer_for(const Taken &taken, const SnapshotRequest &request) {
    SnapshotAnswer answer{pg::Vector<Sighting>(), is_fixed, true};
    for (const Part &each : taken.in_doubt)
        answer.sightings.push({each.id(), Sight::InDoubt, taken.at - each.since, each.groups});
    for (const Decided &each : decided_since(taken.at - request.window, request.wanted, answer.is_complete))
        if (is_shown(each.xid, taken.snapshot) && !has(answer.sightings, each.id))
            answer.sightings.push({each.id, Sight::Visible, taken.at - each.since, each.groups});
    for (const GlobalId &each : request.wanted)
        if (!has(answer.sightings, each)) answer.sightings.push({each, Sight::Unknown, 0, Groups{}});
    return answer;
}

/// Those with lower numbers, and the one that a new round replaces.
void release(int32 oldest, int32 replaced) {
    if (!held) return;
    size_t kept = 0;
    for (Held &each : *held) {
        if (each.number >= oldest && each.number != replaced)
            (*held)[kept++] = each;
        else if (!IsolationUsesXactSnapshot())
            UnregisterSnapshotFromOwner(each.snapshot, TopTransactionResourceOwner);
    }
    held->resize_down(kept);
}

const Held &held_of(int32 number) {
    if (held)
        for (const Held &each : *held)
            if (each.number == number) return each;
    ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("snapshot %d is not held", number)));
}

const Part *find(const pg::Vector<Part> &parts, const GlobalId &id) {
    for (const Part &each : parts)
        if (each.id() == id) return &each;
    return nullptr;
}

/// Until it is visible to new snapshots: only then may it be put into an old one.
void wait_for_commit(const Part &part) {
    net::Deadline patience = net::in_milliseconds(kPatience);
    while (TransactionIdIsInProgress(part.xid)) {
        if (part.gid.connection != 0 && net::now() >= patience) {
            char gid[kGidSize];
            write_gid(part.gid, gid);
            commit_decided(gid);
            patience = net::in_milliseconds(kPatience);
        }
        net::wait({}, net::in_milliseconds(1), net::Interrupts::Process);
    }
    if (!TransactionIdDidCommit(part.xid))
        ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
                        errmsg("a transaction that is committed elsewhere was rolled back on this node")));
}

void include_all(Snapshot snapshot, const pg::Vector<Part> &in_doubt, std::span<const GlobalId> ids) {
    if (!ids.empty()) reach(FaultPoint::NodePatch);
    for (const GlobalId &id : ids) {
        const Part *part = find(in_doubt, id);
        if (!part) ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("a transaction is not in doubt here")));
        wait_for_commit(*part);
        include(snapshot, part->xid, part->last_xid);
    }
}

} // namespace

SnapshotAnswer hold_snapshot(const SnapshotRequest &request) {
    release(request.oldest, request.number);
    protect_round(request.is_protected);
    const Taken taken = take(nullptr);
    all_held().push({request.number, taken.snapshot, taken.in_doubt});
    return answer_for(taken, request);
}

void patch_snapshot(int32 number, std::span<const GlobalId> ids) {
    protect_round(false);
    const Held &taken = held_of(number);
    include_all(taken.snapshot, taken.in_doubt, ids);
}

SnapshotAnswer renew_snapshot(Snapshot snapshot, const SnapshotRequest &request) {
    protect_round(request.is_protected);
    const Taken taken = take(snapshot);
    own_in_doubt = pg::with_context(TopTransactionContext, [&] { return pg::make<pg::Vector<Part>>(taken.in_doubt); });
    return answer_for(taken, request);
}

void patch_own_snapshot(Snapshot snapshot, std::span<const GlobalId> ids) {
    protect_round(false);
    if (!IsolationUsesXactSnapshot()) return include_all(snapshot, *own_in_doubt, ids);
    include_all(GetTransactionSnapshot(), *own_in_doubt, ids);
    // The running statement has a copy.
    if (snapshot) advance(snapshot, GetTransactionSnapshot());
}

Snapshot held_snapshot(int32 number) {
    protect_round(false);
    SnapshotData view = *held_of(number).snapshot;
    // As something that RegisterSnapshot() has to copy.
    view.copied = false;
    view.curcid = GetCurrentCommandId(false);
    view.active_count = 0;
    view.regd_count = 0;
    return RegisterSnapshot(&view);
}

bool has_held_snapshots() { return held != nullptr; }

void fix_snapshot() { is_fixed = true; }

void release_held_snapshots() { release(PG_INT32_MAX, 0); }

void forget_held_snapshots() {
    held = nullptr;
    own_in_doubt = nullptr;
    is_fixed = false;
    protect_round(false);
}

} // namespace cedro::transaction
