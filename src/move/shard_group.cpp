#include "move/shard_group.hpp"

#include "cluster/node.hpp"
#include "pg/inheritance.hpp"
#include "pg/text.hpp"
#include "unique/global_key.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::move {

namespace {

int depth_of(Oid relid) { return get_rel_relispartition(relid) ? list_length(get_partition_ancestors(relid)) : 0; }

ShardGroup group_of(int32 colocation, int ordinal, const pg::Vector<Oid> &relids) {
    ShardGroup group{colocation, ordinal, pg::Vector<Member>()};
    for (Oid relid : relids) {
        const table::Table &table = table::get(relid);
        if (static_cast<size_t>(ordinal) >= table.shards.size())
            ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
                            errmsg("table \"%s\" has fewer shards than its co-location group", get_rel_name(relid))));
        group.members.push({&table, table.shards[static_cast<size_t>(ordinal)].id});
    }
    std::sort(group.members.begin(), group.members.end(), [](const Member &a, const Member &b) {
        const int left = depth_of(a.table->relid);
        const int right = depth_of(b.table->relid);
        return left != right ? left < right : a.table->relid < b.table->relid;
    });
    return group;
}

// Prepared transactions hold the shards they wrote to, and rows they locked, also after their sender has let go of
// the gate.
void wait_for_prepared(const ShardGroup &group, const cluster::Node &node) {
    StringInfoData sql;
    initStringInfo(&sql);
    for (const Member &member : group.members) {
        const char *name = table::shard_name(get_rel_name(member.table->relid), member.shard);
        const char *schema = get_namespace_name(get_rel_namespace(member.table->relid));
        appendStringInfo(&sql, "%s%s", sql.len == 0 ? "LOCK TABLE ONLY " : ", ONLY ",
                         quote_qualified_identifier(schema, name));
    }
    appendStringInfoString(&sql, " IN EXCLUSIVE MODE");
    const char *command = sql.data;
    if (cluster::is_local(node))
        transaction::run_here({&command, 1});
    else
        transaction::run_on(node.id, {&command, 1});
}

} // namespace

ShardGroup group_of_shard(int64 shard) {
    int ordinal = 0;
    const Oid relid = table::shell_of_shard(shard, &ordinal);
    if (!OidIsValid(relid))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("shard " INT64_FORMAT " does not exist", shard),
                        errhint("The shards are the rows of pg_dist_shard.")));
    const table::Table &table = table::get(relid);
    if (table.is_hash() || table.kind == table::Kind::Single) return group_at(table.colocation, ordinal);
    // Reference and local tables stand alone.
    pg::Vector<Oid> alone;
    alone.push(relid);
    return group_of(table.colocation, ordinal, alone);
}

ShardGroup group_at(int32 colocation, int ordinal) {
    const pg::Vector<Oid> relids = table::colocated(colocation);
    if (relids.empty())
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("no table is in co-location group %d", colocation)));
    return group_of(colocation, ordinal, relids);
}

void require_owner(const ShardGroup &group) {
    for (const Member &member : group.members)
        if (!unique::is_key_table(member.table->relid) && !pg::is_owner_of_table(member.table->relid, GetUserId()))
            aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(member.table->relid));
}

void close_gates(const ShardGroup &group) {
    // The shells first, against TRUNCATE and the like, which hold them on all nodes when they come to the gates.
    StringInfoData shells;
    initStringInfo(&shells);
    for (const Member &member : group.members)
        appendStringInfo(&shells, "%s%s", shells.len == 0 ? "LOCK TABLE ONLY " : ", ONLY ",
                         pg::qualified_name(member.table->relid));
    appendStringInfoString(&shells, " IN ACCESS SHARE MODE");
    const char *commands[] = {
        shells.data, psprintf("SELECT citus_internal.block_writes(%d, %d)", group.colocation, group.ordinal)};
    transaction::run_here(commands);
    transaction::run_on_others(commands);
}

void block_writes(const ShardGroup &group) {
    close_gates(group);
    for (const table::Placement &placement : group.shard().placements)
        if (const cluster::Node *node = cluster::primary_of(placement.group)) wait_for_prepared(group, *node);
}

} // namespace cedro::move
