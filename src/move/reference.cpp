#include "move/reference.hpp"

#include "cluster/node.hpp"
#include "move/placement.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::move {

namespace {

int32 source_of(const table::Table &table) {
    for (const table::Placement &placement : table.shards[0].placements)
        if (placement.is_active) return placement.group;
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("reference table \"%s\" has no active placement", get_rel_name(table.relid))));
}

} // namespace

void replicate_reference_tables_to(int32 group) {
    for (Oid relid : table::all()) {
        const table::Table *table = table::find(relid);
        if (!table || !table->is_reference() || table::placement_on(table->shards[0], group)) continue;
        copy(group_of_shard(table->shards[0].id), {source_of(*table), group});
    }
}

void replicate_reference_tables() {
    cluster::require_coordinator("replicate_reference_tables");
    transaction::lock_metadata();
    pg::Vector<int32> groups;
    for (const cluster::Node &node : cluster::active_primaries()) groups.push(node.group);
    for (int32 group : groups) replicate_reference_tables_to(group);
}

} // namespace cedro::move
