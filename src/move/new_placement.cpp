#include "move/new_placement.hpp"

#include "cluster/node.hpp"
#include "pg/text.hpp"
#include "table/ids.hpp"
#include "transaction/everywhere.hpp"
#include "unique/global_key.hpp"

namespace cedro::move {

namespace {

void call(const char *function, const Member &member, int32 group) {
    run_in(group, psprintf("SELECT citus_internal.%s(%s::pg_catalog.regclass, '{" INT64_FORMAT "}')", function,
                           quote_literal_cstr(pg::qualified_name(member.table->relid)), member.shard));
}

} // namespace

void create_shard(const Member &member, int32 group) { call("create_shards", member, group); }

void create_foreign_keys(const Member &member, int32 group) { call("create_shard_foreign_keys", member, group); }

void watch_keys(const Member &member, int32 group) {
    if (unique::keys_of(member.table->relid).empty()) return;
    run_in(group, psprintf("SELECT citus_internal.watch_shards(%s::pg_catalog.regclass, true)",
                           quote_literal_cstr(pg::qualified_name(member.table->relid))));
}

void push_placement(pg::Vector<const char *> &commands, int64 shard, int32 group) {
    commands.push(psprintf("INSERT INTO pg_catalog.pg_dist_placement (placementid, shardid, shardstate, shardlength, "
                           "groupid) VALUES (" INT64_FORMAT ", " INT64_FORMAT ", 1, 0, %d)",
                           table::next_placement(), shard, group));
}

void run_in(int32 group, const char *command) {
    if (group == cluster::local_group()) return transaction::run_here({&command, 1});
    const cluster::Node *node = cluster::primary_of(group);
    if (!node) ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("node group %d has no primary node", group)));
    transaction::run_on(node->id, {&command, 1});
}

} // namespace cedro::move
