#include "move/placement.hpp"

#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "copy/shard_rows.hpp"
#include "move/leftover.hpp"
#include "move/new_placement.hpp"
#include "pg/text.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::move {

namespace {

const cluster::Node &node_of(int32 group) {
    if (const cluster::Node *node = cluster::primary_of(group)) return *node;
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("node group %d has no primary node", group)));
}

const char *name_of(int32 group) {
    const cluster::Node &node = node_of(group);
    return psprintf("%s:%d", node.host, node.port);
}

const char *table_of(const ShardGroup &group) { return get_rel_name(group.table().relid); }

void require_target(const cluster::Node &node) {
    if (!node.is_active)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("node %s:%d is not active", node.host, node.port),
                        errhint("Use citus_activate_node() first.")));
    if (!node.should_have_shards)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("node %s:%d takes no shards", node.host, node.port),
                        errhint("Allow it with citus_set_node_property('%s', %d, 'shouldhaveshards', true).",
                                node.host, node.port)));
}

// Everything but the catalogs: relations, rows and foreign keys at the target.
void transfer_rows(const ShardGroup &group, Transfer transfer) {
    drop_leftovers(group, transfer.to);
    for (const Member &member : group.members) create_shard(member, transfer.to);
    for (const Member &member : group.members)
        if (get_rel_relkind(member.table->relid) != RELKIND_PARTITIONED_TABLE)
            copy::copy_placement(*member.table, member.shard, transfer.from, transfer.to);
    for (const Member &member : group.members) create_foreign_keys(member, transfer.to);
    // Last: copied rows change no keys.
    for (const Member &member : group.members) watch_keys(member, transfer.to);
}

// A table with several copies of a shard is replicated by statement to all readers of the catalogs.
void push_model(pg::Vector<const char *> &commands, const ShardGroup &group) {
    if (group.table().kind == table::Kind::Reference) return;
    commands.push(psprintf("UPDATE pg_catalog.pg_dist_partition SET repmodel = 'c' "
                           "WHERE colocationid = %d AND repmodel = 's'",
                           group.colocation));
}

ShardGroup prepared_group(int64 shard, Transfer transfer, const char *operation) {
    cluster::require_coordinator(operation);
    transaction::lock_metadata();
    const ShardGroup group = group_of_shard(shard);
    require_owner(group);
    require_possible(group, transfer);
    return group;
}

} // namespace

void require_supported(TransferMode mode) {
    if (mode != TransferMode::ForceLogical) return;
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("shards cannot be transferred by logical replication yet"),
                    errhint("Use shard_transfer_mode => 'block_writes': reads go on, writes to the shard wait.")));
}

void require_possible(const ShardGroup &group, Transfer transfer) {
    if (group.table().kind == table::Kind::Local)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("table \"%s\" lives on the coordinator and cannot be copied or moved", table_of(group))));
    const table::Placement *source = group.placement_on(transfer.from);
    if (!source || !source->is_active)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("shard " INT64_FORMAT " has no active placement on %s", group.shard().id,
                               name_of(transfer.from)),
                        errhint("The view citus_shards shows where the shards are.")));
    if (group.placement_on(transfer.to))
        ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
                        errmsg("shard " INT64_FORMAT " has a placement on %s already", group.shard().id,
                               name_of(transfer.to)),
                        errdetail("Copies of a shard lie on different nodes.")));
    // Reference tables go to every node.
    if (group.table().kind != table::Kind::Reference) require_target(node_of(transfer.to));
}

void copy(const ShardGroup &group, Transfer transfer) {
    block_writes(group);
    transfer_rows(group, transfer);
    pg::Vector<const char *> commands;
    for (const Member &member : group.members) push_placement(commands, member.shard, transfer.to);
    push_model(commands, group);
    transaction::run_everywhere(commands);
    CommandCounterIncrement();
}

void move(const ShardGroup &group, Transfer transfer) {
    block_writes(group);
    transfer_rows(group, transfer);
    pg::Vector<const char *> commands;
    for (const Member &member : group.members)
        commands.push(psprintf("UPDATE pg_catalog.pg_dist_placement SET groupid = %d "
                               "WHERE shardid = " INT64_FORMAT " AND groupid = %d",
                               transfer.to, member.shard, transfer.from));
    transaction::run_everywhere(commands);
    give_up(group, transfer.from);
    CommandCounterIncrement();
}

void drop(const ShardGroup &group, int32 from) {
    int others = 0;
    for (const table::Placement &placement : group.shard().placements)
        others += placement.is_active && placement.group != from;
    if (others == 0)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("the placement of shard " INT64_FORMAT " on %s is the last active one", group.shard().id,
                               name_of(from))));
    block_writes(group);
    pg::Vector<const char *> commands;
    for (const Member &member : group.members)
        commands.push(psprintf("DELETE FROM pg_catalog.pg_dist_placement WHERE shardid = " INT64_FORMAT
                               " AND groupid = %d",
                               member.shard, from));
    transaction::run_everywhere(commands);
    give_up(group, from);
    CommandCounterIncrement();
}

void move_shard(int64 shard, Transfer transfer, TransferMode mode) {
    require_supported(mode);
    const ShardGroup group = prepared_group(shard, transfer, "citus_move_shard_placement");
    if (group.table().kind == table::Kind::Reference)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("table \"%s\" is a reference table, whose placements cannot be moved", table_of(group)),
                        errdetail("A reference table has a placement on every node.")));
    move(group, transfer);
}

void repair_shard(int64 shard, Transfer transfer, TransferMode mode, bool repairs) {
    require_supported(mode);
    cluster::require_coordinator("master_copy_shard_placement");
    transaction::lock_metadata();
    const ShardGroup group = group_of_shard(shard);
    require_owner(group);
    const table::Placement *target = group.placement_on(transfer.to);
    if (repairs && target && !target->is_active) drop(group, transfer.to);
    copy_shard(shard, transfer, mode);
}

void copy_shard(int64 shard, Transfer transfer, TransferMode mode) {
    require_supported(mode);
    copy(prepared_group(shard, transfer, "citus_copy_shard_placement"), transfer);
}

} // namespace cedro::move
