#include "convert/undistribute.hpp"

#include "cluster/node.hpp"
#include "convert/checks.hpp"
#include "convert/foreign_key.hpp"
#include "convert/global_key.hpp"
#include "convert/metadata.hpp"
#include "convert/rows.hpp"
#include "convert/shards.hpp"
#include "copy/shard_rows.hpp"
#include "ddl/ship.hpp"
#include "pg/inheritance.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/storage.hpp"
#include "pg/text.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::convert {

namespace {

// The local placement where there is one.
int32 group_to_read(const table::Shard &shard) {
    const table::Placement *chosen = nullptr;
    for (const table::Placement &each : shard.placements)
        if (each.is_active && (!chosen || each.group == cluster::local_group())) chosen = &each;
    if (!chosen)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("shard " INT64_FORMAT " has no active placement", shard.id)));
    return chosen->group;
}

void bring_rows_home(const table::Table &table) {
    if (get_rel_relkind(table.relid) == RELKIND_PARTITIONED_TABLE) return;
    empty_shell(table.relid);
    for (const table::Shard &shard : table.shards) copy::bring_home(table, shard.id, group_to_read(shard));
}

void require_managed(Oid relid) {
    const char *name = get_rel_name(relid);
    if (!table::is_shell(relid))
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("table \"%s\" is not distributed", name)));
    if (get_rel_relispartition(relid) && table::is_shell(get_partition_parent(relid, true)))
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("table \"%s\" is a partition", name),
                        errhint("Undistribute the partitioned table \"%s\".",
                                get_rel_name(get_partition_parent(relid, true)))));
}

/// The managed tables that must go together, without their partitions.
pg::Vector<Oid> tables_to_undistribute(Oid relid, bool cascades) {
    pg::Vector<Oid> chosen;
    for (Oid each : connected_tables(relid))
        if (table::is_shell(each)) chosen.push(each);
    if (chosen.size() > 1 && !cascades)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("foreign keys connect table \"%s\" with other tables of the cluster", get_rel_name(relid)),
                        errdetail("One of them is \"%s\".", get_rel_name(chosen[0] == relid ? chosen[1] : chosen[0])),
                        errhint("Use cascade_via_foreign_keys => true to undistribute all of them.")));
    return chosen;
}

// The relations that the cluster keeps equal for these tables: they themselves, sequences of their columns, views over them.
pg::Vector<Oid> shared_relations(const pg::Vector<Oid> &relids) {
    pg::Vector<Oid> shared;
    for (Oid relid : relids) {
        shared.push(relid);
        for (Oid sequence : pg::OidsOf(getOwnedSequences(relid))) shared.push(sequence);
        for (Oid view : ddl::views_over(relid)) shared.push(view);
    }
    return shared;
}

// The shells go from the other nodes, with the views over them; those stay here, local as the table is.
void withdraw(const pg::Vector<Oid> &relids, const pg::Vector<Oid> &tops) {
    Commands forget;
    for (Oid relid : shared_relations(relids))
        forget.push(psprintf("DELETE FROM pg_catalog.pg_dist_object WHERE classid = 'pg_catalog.pg_class'::regclass "
                             "AND objid = pg_catalog.to_regclass(%s)",
                             quote_literal_cstr(pg::qualified_name(relid))));
    transaction::run_everywhere(forget);
    Commands drops;
    for (Oid relid : relids)
        for (Oid sequence : pg::OidsOf(getOwnedSequences(relid)))
            drops.push(psprintf("SELECT citus_internal.keep_sequence_position(pg_catalog.to_regclass(%s), %u)",
                                quote_literal_cstr(pg::qualified_name(sequence)), sequence));
    for (Oid relid : tops) drops.push(psprintf("DROP TABLE IF EXISTS %s CASCADE", pg::qualified_name(relid)));
    // What goes along there is still here.
    pg::with_settings({{"client_min_messages", "warning"}}, [&] { transaction::run_on_others(drops); });
}

void leave(const pg::Vector<Oid> &relids, const pg::Vector<Oid> &tops) {
    for (Oid relid : relids) drop_keys(relid);
    Commands commands;
    pg::Vector<const table::Table *> tables;
    pg::Vector<int32> colocations;
    for (Oid relid : relids) {
        const table::Table &table = table::get(relid);
        tables.push(&table);
        push_removal(commands, table);
        if (!colocations.contains(table.colocation)) colocations.push(table.colocation);
    }
    for (int32 each : colocations) push_colocation_removal(commands, each, relids);
    // Partitions go before their parents.
    for (size_t i = tables.size(); i-- > 0;) drop_shards(*tables[i]);
    transaction::run_everywhere(commands);
    CommandCounterIncrement();
    withdraw(relids, tops);
}

// A local table that no foreign key connects, over however many tables, with a reference table or one added on demand.
bool is_loose_local(Oid relid, bool is_automatic) {
    const table::Table *table = table::find(relid);
    if (!table || table->kind != table::Kind::Local || get_rel_relispartition(relid)) return false;
    if (is_automatic && !table->is_autoconverted) return false;
    return std::ranges::none_of(connected_tables(relid), [&](Oid other) {
        const table::Table *neighbour = table::find(other);
        return neighbour && (neighbour->is_reference() || (is_automatic && !neighbour->is_autoconverted));
    });
}

} // namespace

void take_back(const pg::Vector<Oid> &tops) {
    pg::Vector<Oid> relids;
    for (Oid top : tops)
        for (Oid each : lock_with_partitions(top)) {
            pg::with_relation(each, NoLock, [](Relation table) { CheckTableNotInUse(table, "undistribute_table"); });
            relids.push(each);
        }
    lock_on_other_nodes(relids);
    for (Oid each : relids) bring_rows_home(table::get(each));
    leave(relids, tops);
}

void undistribute(Oid relid, bool cascades) {
    cluster::require_coordinator("undistribute_table");
    require_owner(relid);
    transaction::lock_metadata();
    LockRelationOid(relid, AccessExclusiveLock);
    require_managed(relid);
    const pg::Vector<Oid> tops = tables_to_undistribute(relid, cascades);
    for (Oid top : tops) require_owner(top);
    take_back(tops);
}

void remove_local_tables() {
    cluster::require_coordinator("remove_local_tables_from_metadata");
    transaction::lock_metadata();
    for (Oid relid : table::all())
        if (is_loose_local(relid, false)) undistribute(relid, true);
}

void release_unconnected() {
    for (Oid relid : table::all()) {
        if (!is_loose_local(relid, true)) continue;
        transaction::lock_metadata();
        ereport(NOTICE, (errmsg("removing table \"%s\" from the metadata of the cluster", get_rel_name(relid)),
                         errdetail("No foreign key connects it with a reference table any more.")));
        pg::Vector<Oid> one;
        one.push(relid);
        take_back(one);
    }
}

} // namespace cedro::convert
