#include "worker/placement.hpp"

#include "cluster/node.hpp"
#include "transaction/gate.hpp"
#include "worker/group_lock.hpp"

namespace cedro::worker {

namespace {

using Shards = pg::Vector<const table::Shard *>;

bool is_live(const table::Placement &placement) { return placement.is_active; }

int live_placements(const table::Shard &shard) {
    return static_cast<int>(std::count_if(shard.placements.begin(), shard.placements.end(), is_live));
}

const table::Placement *first_live(const table::Shard &shard) {
    auto found = std::find_if(shard.placements.begin(), shard.placements.end(), is_live);
    return found == shard.placements.end() ? nullptr : &*found;
}

// Locks on their way to other nodes.
struct Request {
    transaction::Session *session;
    transaction::Ticket ticket;
};

struct Locking {
    const table::Table *table;
    ShardLock lock;
    pg::Vector<Request> requests;
};

void lock_one(Locking &locking, const table::Placement &placement, int ordinal) {
    const plan::Group group{locking.table->colocation, ordinal};
    const bool is_exclusive = locking.lock == ShardLock::Exclusive;
    if (placement.group == cluster::local_group()) return lock_group(group, is_exclusive);
    transaction::Session *session = session_of(*locking.table, placement);
    const char *call = psprintf("CALL citus_internal.lock_shard_group(%d, %d, %s)", group.colocation, group.ordinal,
                                is_exclusive ? "true" : "false");
    locking.requests.push({session, transaction::send(session, {call})});
}

// On one node group: either of the shards whose first placement is there, or of the others.
void lock_on(Locking &locking, const Shards &shards, int32 node_group, bool first_placements) {
    for (const table::Shard *shard : shards) {
        const table::Placement *here = table::placement_on(*shard, node_group);
        if (here && is_live(*here) && (here == first_live(*shard)) == first_placements)
            lock_one(locking, *here, static_cast<int>(shard - locking.table->shards.data()));
    }
}

void wait_for_all(Locking &locking) {
    for (const Request &each : locking.requests) transaction::receive(each.session, each.ticket);
    locking.requests.clear();
}

pg::Vector<int32> node_groups(const Shards &shards) {
    pg::Vector<int32> groups;
    for (const table::Shard *shard : shards)
        for (const table::Placement &placement : shard->placements)
            if (is_live(placement) && !groups.contains(placement.group)) groups.push(placement.group);
    std::sort(groups.begin(), groups.end());
    return groups;
}

} // namespace

transaction::Session *session_of(const table::Table &table, const table::Placement &placement) {
    const cluster::Node *node = cluster::primary_of(placement.group);
    if (!node || !node->is_active)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        node ? errmsg("node %s:%d, which holds a placement of table \"%s\", is disabled", node->host,
                                      node->port, get_rel_name(table.relid))
                             : errmsg("node group %d, which holds a placement of table \"%s\", has no primary node",
                                      placement.group, get_rel_name(table.relid)),
                        errhint("Bring the node back with citus_activate_node().")));
    ErrorContextCallback context{};
    context.previous = error_context_stack;
    context.arg = get_rel_name(table.relid);
    context.callback = [](void *name) { errcontext("writing to table \"%s\"", static_cast<char *>(name)); };
    error_context_stack = &context;
    transaction::Session *session = transaction::session(node->id);
    error_context_stack = context.previous;
    return session;
}

const table::Table &lock_shards(const table::Table &planned, std::span<const int> ordinals, ShardLock lock) {
    transaction::pass_gates(planned.colocation, ordinals);
    const table::Table &table = table::get(planned.relid);
    Shards shards;
    for (int ordinal : ordinals) {
        const table::Shard &shard = table.shards[static_cast<size_t>(ordinal)];
        if (live_placements(shard) > 1 && !shards.contains(&shard)) shards.push(&shard);
    }
    if (shards.empty()) return table;
    std::sort(shards.begin(), shards.end());
    Locking locking{&table, lock, pg::Vector<Request>()};
    const pg::Vector<int32> groups = node_groups(shards);
    for (int32 group : groups) {
        lock_on(locking, shards, group, true);
        wait_for_all(locking);
    }
    for (int32 group : groups) lock_on(locking, shards, group, false);
    wait_for_all(locking);
    return table;
}

} // namespace cedro::worker
