#include "replica/factor.hpp"

#include "cluster/node.hpp"
#include "pg/inheritance.hpp"
#include "pg/text.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::replica {

namespace {

// Groups of the nodes that may hold shards, in the order of the round robin.
pg::Vector<int32> shard_groups() {
    pg::Vector<int32> groups;
    for (const cluster::Node &node : cluster::shard_nodes()) groups.push(node.group);
    if (groups.empty()) groups.push(cluster::kCoordinatorGroup);
    return groups;
}

int copies_on(const table::Table &table, int32 group) {
    int count = 0;
    for (const table::Shard &shard : table.shards) count += table::placement_on(shard, group) != nullptr;
    return count;
}

int32 source_of(const move::ShardGroup &group) {
    for (const table::Placement &placement : group.shard().placements)
        if (placement.is_active) return placement.group;
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("shard " INT64_FORMAT " has no active placement to copy from", group.shard().id)));
}

// Of equally empty nodes the next one after the source, as a new table would have it.
int32 target_of(const move::ShardGroup &group) {
    const pg::Vector<int32> groups = shard_groups();
    const int32 source = source_of(group);
    size_t start = 0;
    for (size_t i = 0; i < groups.size(); i++)
        if (groups[i] == source) start = i + 1;
    std::optional<int32> best;
    for (size_t i = 0; i < groups.size(); i++) {
        const int32 candidate = groups[(start + i) % groups.size()];
        if (group.placement_on(candidate)) continue;
        if (!best || copies_on(group.table(), candidate) < copies_on(group.table(), *best)) best = candidate;
    }
    if (!best)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("no node is left for another copy of shard " INT64_FORMAT, group.shard().id)));
    return *best;
}

int active_copies(const move::ShardGroup &group) {
    return static_cast<int>(std::ranges::count_if(group.shard().placements,
                                                  [](const table::Placement &each) { return each.is_active; }));
}

// A placement that fails goes first, then the newest one.
int32 surplus_of(const move::ShardGroup &group) {
    const table::Placement *chosen = nullptr;
    for (const table::Placement &each : group.shard().placements) {
        const bool is_later = chosen && (each.is_active != chosen->is_active ? !each.is_active : each.id > chosen->id);
        if (!chosen || is_later) chosen = &each;
    }
    return chosen->group;
}

const char *group_list(int32 colocation) { return psprintf("colocationid = %d", colocation); }

} // namespace

void require_possible(const table::Table &table, int factor) {
    const char *name = get_rel_name(table.relid);
    if (!table.is_hash() && table.kind != table::Kind::Single)
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                        errmsg("the number of copies of table \"%s\" cannot be chosen", name),
                        table.is_reference() ? errdetail("A reference table has a copy on every node.")
                                             : errdetail("Its rows lie on the coordinator.")));
    if (!table.is_hash() && factor > 1)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("table \"%s\", which has no distribution column, cannot have %d copies", name, factor),
                        errhint("Make it a reference table, which has a copy on every node.")));
    const int nodes = static_cast<int>(shard_groups().size());
    if (factor > nodes)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("shard_replication_factor (%d) exceeds the number of nodes that can hold shards (%d)",
                               factor, nodes),
                        errhint("Add nodes with citus_add_node(), or ask for fewer copies.")));
    move::require_owner(move::group_at(table.colocation, 0));
}

std::optional<move::Transfer> missing_copy(const move::ShardGroup &group, int factor) {
    if (active_copies(group) >= factor) return std::nullopt;
    return move::Transfer{source_of(group), target_of(group)};
}

int equalize(int32 colocation, int ordinal, int factor) {
    int changes = 0;
    for (;; changes++) {
        const move::ShardGroup group = move::group_at(colocation, ordinal);
        if (const std::optional<move::Transfer> transfer = missing_copy(group, factor)) {
            move::require_possible(group, *transfer);
            move::copy(group, *transfer);
        } else if (static_cast<int>(group.shard().placements.size()) > factor) {
            move::drop(group, surplus_of(group));
        } else {
            return changes;
        }
    }
}

void announce(int32 colocation, int factor) {
    if (factor == 1) return; // one placement is left of each only when all is done
    const char *command = psprintf("UPDATE pg_catalog.pg_dist_partition SET repmodel = 'c' WHERE %s AND repmodel = 's'",
                                   group_list(colocation));
    transaction::run_everywhere({&command, 1});
}

void settle(int32 colocation, int factor) {
    const char *commands[] = {
        psprintf("UPDATE pg_catalog.pg_dist_colocation SET replicationfactor = %d WHERE %s", factor,
                 group_list(colocation)),
        psprintf("UPDATE pg_catalog.pg_dist_partition SET repmodel = '%c' WHERE %s AND repmodel <> 't'",
                 factor > 1 ? 'c' : 's', group_list(colocation))};
    transaction::run_everywhere(commands);
    CommandCounterIncrement();
}

void remember(std::span<const Oid> relids, std::optional<int> factor) {
    pg::Vector<const char *> everywhere;
    for (Oid relid : relids) {
        const char *value = factor ? psprintf("%d", *factor) : "NULL";
        const char *command = psprintf("INSERT INTO citus_internal.table_option (relid, replication_factor) "
                                       "VALUES (%s::pg_catalog.regclass, %s) ON CONFLICT (relid) DO UPDATE SET "
                                       "replication_factor = EXCLUDED.replication_factor",
                                       quote_literal_cstr(pg::qualified_name(relid)), value);
        if (table::is_shell(relid))
            everywhere.push(command);
        else
            transaction::run_here({&command, 1});
    }
    if (!everywhere.empty()) transaction::run_everywhere(everywhere);
    CommandCounterIncrement();
}

} // namespace cedro::replica
