#include "sync/reference_tables.hpp"

#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "move/reference.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::sync {

namespace {

template <typename Visit>
void each_reference_shard(Visit &&visit) {
    for (Oid relid : table::all()) {
        const table::Table &table = table::get(relid);
        if (!table.is_reference()) continue;
        for (const table::Shard &shard : table.shards) visit(table, shard);
    }
}

} // namespace

void replicate_to_new_node(int32 id) {
    if (setting::replicate_reference_tables_on_activate) move::replicate_reference_tables_to(cluster::node(id).group);
}

void drop_reference_placements(int32 group) {
    pg::Vector<const char *> commands;
    each_reference_shard([&](const table::Table &, const table::Shard &shard) {
        if (shard.placements.size() > 1 && table::placement_on(shard, group))
            commands.push(psprintf("DELETE FROM pg_catalog.pg_dist_placement WHERE shardid = " INT64_FORMAT
                                   " AND groupid = %d",
                                   shard.id, group));
    });
    if (!commands.empty()) transaction::run_everywhere(commands);
}

int64 sole_placement(int32 group) {
    for (Oid relid : table::all())
        for (const table::Shard &shard : table::get(relid).shards) {
            const bool is_only = std::ranges::none_of(
                shard.placements, [&](const table::Placement &each) { return each.group != group && each.is_active; });
            if (is_only && table::placement_on(shard, group)) return shard.id;
        }
    return 0;
}

} // namespace cedro::sync
