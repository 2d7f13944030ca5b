#include "transaction/wait_edges.hpp"

#include "cluster/node.hpp"
#include "pg/lock.hpp"
#include "pg/spi.hpp"
#include "transaction/gid.hpp"

namespace cedro::transaction {
namespace {

struct Prepared {
    TransactionId xid;
    Gid gid;
};

/// What turns processes into parties; read once per look.
struct Directory {
    pg::Vector<Running> backends;
    pg::Vector<Prepared> prepared;
    bool has_prepared = false;
};

void load_prepared(Directory &directory) {
    directory.has_prepared = true;
    pg::with_spi([&] {
        pg::rows("SELECT transaction, gid FROM pg_catalog.pg_prepared_xacts", {}, [&](HeapTuple tuple, TupleDesc type) {
            std::optional<Gid> gid = parse_gid(TextDatumGetCString(pg::field(tuple, type, 2)));
            if (gid) directory.prepared.push({DatumGetTransactionId(pg::field(tuple, type, 1)), *gid});
        });
    });
}

Party party_of_process(const Directory &directory, int32 pid) {
    for (const Running &each : directory.backends)
        if (each.pid == pid) return {pid, each.id.group, each.id.number, each.id.stamp};
    return {pid, cluster::local_group(), 0, 0};
}

/// A lock without a process is a prepared transaction's.
std::optional<Party> party_of_prepared(Directory &directory, const LockInstanceData &entry) {
    if (!directory.has_prepared) load_prepared(directory);
    bool has_more = false;
    const TransactionId xid = TwoPhaseGetXidByVirtualXID(pg::virtual_transaction(entry), &has_more);
    for (const Prepared &each : directory.prepared)
        if (each.xid == xid) return Party{0, each.gid.group, each.gid.number, 0};
    return std::nullopt;
}

bool is_ahead(const BlockedProcsData &data, const BlockedProcData &blocked, int pid) {
    const int *waiters = &data.waiter_pids[blocked.first_waiter];
    return std::find(waiters, waiters + blocked.num_waiters, pid) != waiters + blocked.num_waiters;
}

/// As pg_blocking_pids() has it: held in a conflicting mode, or asked for earlier in one.
bool blocks(const BlockedProcsData &data, const BlockedProcData &blocked, const LockInstanceData &own,
            const LockInstanceData &other) {
    if (other.pid != 0 && other.leaderPid == own.leaderPid) return false;
    LOCKTAG tag = own.locktag;
    const int conflicts = GetLockTagsMethodTable(&tag)->conflictTab[own.waitLockMode];
    if (conflicts & other.holdMask) return true;
    return other.waitLockMode != NoLock && (conflicts & LOCKBIT_ON(other.waitLockMode)) &&
           is_ahead(data, blocked, other.pid);
}

void add_edges(pg::Vector<WaitEdge> &edges, Directory &directory, const BlockedProcsData &data,
               const BlockedProcData &blocked) {
    const std::span<LockInstanceData> entries{&data.locks[blocked.first_lock], static_cast<size_t>(blocked.num_locks)};
    const LockInstanceData *own = nullptr;
    for (const LockInstanceData &each : entries)
        if (each.pid == blocked.pid) own = &each;
    if (!own) return;
    const Party waiting = party_of_process(directory, own->leaderPid);
    for (const LockInstanceData &each : entries) {
        if (&each == own || !blocks(data, blocked, *own, each)) continue;
        std::optional<Party> blocking =
            each.pid != 0 ? party_of_process(directory, each.leaderPid) : party_of_prepared(directory, each);
        if (blocking && !waiting.is_same_as(*blocking)) edges.push({waiting, *blocking, false});
    }
}

pg::Vector<int> waiting_processes() {
    pg::Vector<int> pids;
    for (uint32 i = 0; i < ProcGlobal->allProcCount; i++) {
        const PGPROC *process = &ProcGlobal->allProcs[i];
        if (process->pid != 0 && process->waitLock != nullptr) pids.push(process->pid);
    }
    return pids;
}

} // namespace

pg::Vector<WaitEdge> local_wait_edges() {
    pg::Vector<WaitEdge> edges;
    const pg::Vector<int> pids = waiting_processes();
    if (pids.empty()) return edges;
    Directory directory{running(), pg::Vector<Prepared>()};
    for (int pid : pids) {
        const BlockedProcsData *data = GetBlockerStatusData(pid);
        for (int i = 0; i < data->nprocs; i++) add_edges(edges, directory, *data, data->procs[i]);
    }
    for (WaitEdge &each : edges) each.is_blocking_waiting = pids.contains(each.blocking.pid);
    return edges;
}

} // namespace cedro::transaction
