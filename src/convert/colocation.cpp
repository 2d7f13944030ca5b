#include "convert/colocation.hpp"

#include "cluster/node.hpp"
#include "convert/checks.hpp"
#include "convert/foreign_key.hpp"
#include "convert/metadata.hpp"
#include "convert/shards.hpp"
#include "convert/table_option.hpp"
#include "pg/inheritance.hpp"
#include "pg/scope.hpp"
#include "table/ids.hpp"
#include "table/key_type.hpp"
#include "transaction/everywhere.hpp"
#include "unique/global_key.hpp"

namespace cedro::convert {

namespace {

[[noreturn]] void refuse(const table::Table &table, const table::Table &other, const char *why) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("cannot colocate tables %s and %s", get_rel_name(table.relid), get_rel_name(other.relid)),
                    errdetail_internal("%s", why)));
}

bool lie_alike(const table::Shard &left, const table::Shard &right) {
    return std::ranges::equal(left.placements, right.placements, [](const table::Placement &a, const table::Placement &b) {
        return a.group == b.group && a.is_active == b.is_active;
    });
}

void require_same_shards(const table::Table &table, const table::Table &other) {
    if (table.kind != other.kind) refuse(table, other, "They are not distributed in the same way.");
    if (table.is_hash() && table::key_family(table.key_type, table.key_collation) !=
                               table::key_family(other.key_type, other.key_collation))
        refuse(table, other, "The types or collations of their distribution columns hash differently.");
    if (table.shards.size() != other.shards.size()) refuse(table, other, "They have different numbers of shards.");
    for (size_t i = 0; i < table.shards.size(); i++) {
        if (table.shards[i].range != other.shards[i].range) refuse(table, other, "The ranges of their shards differ.");
        if (!lie_alike(table.shards[i], other.shards[i]))
            refuse(table, other,
                   psprintf("Shards " INT64_FORMAT " and " INT64_FORMAT " lie on different nodes.", table.shards[i].id,
                            other.shards[i].id));
    }
}

void require_sharded(const table::Table &table) {
    if (table.is_hash() || table.kind == table::Kind::Single) return;
    ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                    errmsg("table \"%s\" has no shards to be co-located", get_rel_name(table.relid)),
                    errdetail("Only distributed tables have a co-location group of their choice.")));
}

/// Where the table goes.
struct Destination {
    int32 colocation;
    std::optional<ColocationGroup> founds;
};

Destination destination_of(const table::Table &table, const char *colocate_with) {
    if (pg_strcasecmp(colocate_with, "none") == 0)
        return {table::next_colocation(),
                ColocationGroup{static_cast<int>(table.shards.size()), table.replication_factor(), table.key_type,
                                table.key_collation}};
    const table::Table &other = table::get(table_named(colocate_with));
    require_sharded(other);
    require_same_shards(table, other);
    return {other.colocation, std::nullopt};
}

// The hidden tables of unique keys lie with their table.
pg::Vector<Oid> with_key_tables(const pg::Vector<Oid> &relids) {
    pg::Vector<Oid> all;
    for (Oid relid : relids) {
        all.push(relid);
        for (const unique::GlobalKey &key : unique::keys_of(relid)) all.push(key.key_table);
    }
    return all;
}

void write(const pg::Vector<Oid> &relids, int32 former, const Destination &destination) {
    Commands commands;
    if (destination.founds) push_colocation(commands, destination.colocation, *destination.founds);
    for (Oid relid : relids) {
        commands.push(psprintf("UPDATE pg_catalog.pg_dist_partition SET colocationid = %d WHERE logicalrelid = %s",
                               destination.colocation, relation_literal(relid)));
        if (!unique::is_key_table(relid))
            push_option(commands, relid, remembered_replication_factor(relid), destination.founds.has_value());
    }
    push_colocation_removal(commands, former, relids);
    transaction::run_everywhere(commands);
    CommandCounterIncrement();
}

} // namespace

void update_colocation(Oid relid, const char *colocate_with) {
    cluster::require_coordinator("update_distributed_table_colocation");
    require_owner(relid);
    transaction::lock_metadata();
    const pg::Vector<Oid> relids = lock_with_partitions(relid);
    lock_on_other_nodes(relids);
    const table::Table &table = table::get(relid);
    require_sharded(table);
    if (get_rel_relispartition(relid))
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("table \"%s\" is a partition", get_rel_name(relid)),
                        errhint("Change the partitioned table; its partitions follow.")));
    const Destination destination = destination_of(table, colocate_with);
    if (destination.colocation == table.colocation) return;
    for (Oid each : relids) {
        const Layout layout{table.kind, nullptr, destination.colocation, std::nullopt, false, false, {}};
        require_enforceable_foreign_keys(each, layout, table::get(each).key);
    }
    write(with_key_tables(relids), table.colocation, destination);
}

} // namespace cedro::convert
