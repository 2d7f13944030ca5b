#include "plan/site.hpp"

#include "cluster/node.hpp"

namespace cedro::plan {

namespace {

bool has_active_placement(const table::Table &table, int ordinal, int32 group) {
    if (static_cast<size_t>(ordinal) >= table.shards.size()) return false;
    const table::Placement *placement = table::placement_on(table.shards[static_cast<size_t>(ordinal)], group);
    return placement && placement->is_active;
}

bool has_all(std::span<const Oid> tables, GroupSet groups, int32 node_group) {
    for (Oid relid : tables) {
        const table::Table &table = table::get(relid);
        if (!has_active_placement(table, ordinal_in(table, groups), node_group)) return false;
    }
    return true;
}

} // namespace

int ordinal_in(const table::Table &table, GroupSet groups) {
    if (table.colocation == 0 || table.is_reference()) return 0;
    for (const Group &group : groups)
        if (group.colocation == table.colocation) return group.ordinal;
    return 0;
}

pg::Vector<int32> nodes_with(std::span<const Oid> tables, GroupSet groups) {
    pg::Vector<cluster::Node> candidates = cluster::active_primaries();
    std::sort(candidates.begin(), candidates.end(),
              [](const cluster::Node &a, const cluster::Node &b) { return a.group < b.group; });
    pg::Vector<int32> result;
    for (const cluster::Node &node : candidates)
        if (has_all(tables, groups, node.group)) result.push(node.id);
    return result;
}

} // namespace cedro::plan
