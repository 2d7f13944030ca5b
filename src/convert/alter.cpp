#include "convert/alter.hpp"

#include "cluster/node.hpp"
#include "convert/checks.hpp"
#include "convert/distribute.hpp"
#include "convert/foreign_key.hpp"
#include "convert/table_option.hpp"
#include "convert/undistribute.hpp"
#include "pg/inheritance.hpp"
#include "pg/object.hpp"
#include "pg/text.hpp"
#include "transaction/everywhere.hpp"
#include "unique/global_key.hpp"

namespace cedro::convert {

namespace {

/// A table and how it is distributed by now.
struct Former {
    Oid relid;
    const char *key;
    int shard_count;
    int replication_factor;
};

Former former_of(Oid relid) {
    const table::Table &table = table::get(relid);
    return {relid, get_attname(relid, table.key, false), static_cast<int>(table.shards.size()),
            table.replication_factor()};
}

[[noreturn]] void refuse(const char *message, const char *hint) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg_internal("%s", message), errhint("%s", hint)));
}

void require_hash(const table::Table &table) {
    const char *name = get_rel_name(table.relid);
    if (!table.is_hash())
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("table \"%s\" is not distributed by a column", name),
                        errhint("Use undistribute_table() and create_distributed_table().")));
    if (get_rel_relispartition(table.relid))
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("table \"%s\" is a partition", name),
                        errhint("Alter the partitioned table; its partitions follow.")));
}

/// The tables of the group that are no partitions and no hidden key tables; the one named comes first.
pg::Vector<Former> group_of(const table::Table &table) {
    pg::Vector<Former> formers;
    formers.push(former_of(table.relid));
    for (Oid each : table::colocated(table.colocation))
        if (each != table.relid && !get_rel_relispartition(each) && !unique::is_key_table(each))
            formers.push(former_of(each));
    return formers;
}

void require_sense(const Alteration &alteration, const pg::Vector<Former> &group) {
    const Former &table = group[0];
    const char *name = get_rel_name(table.relid);
    if (!alteration.key && !alteration.shard_count && !alteration.colocate_with)
        refuse("nothing is to be changed", "Give distribution_column, shard_count or colocate_with.");
    if (alteration.key && strcmp(alteration.key, table.key) == 0)
        refuse(psprintf("table \"%s\" is already distributed by \"%s\"", name, table.key), "Leave distribution_column out.");
    if (alteration.shard_count && *alteration.shard_count == table.shard_count)
        refuse(psprintf("table \"%s\" already has %d shards", name, table.shard_count), "Leave shard_count out.");
    const bool cascades = alteration.cascades.value_or(false);
    if (cascades && alteration.key)
        refuse("distribution_column cannot be changed for all co-located tables",
               "Give the column of each table in a call of its own.");
    if (cascades && alteration.colocate_with && pg_strcasecmp(alteration.colocate_with, "none") == 0)
        refuse("co-located tables cannot all be apart", "Leave out cascade_to_colocated.");
    if (!alteration.cascades && !alteration.key && group.size() > 1)
        refuse(psprintf("table \"%s\" is co-located with other tables", name),
               "Say with cascade_to_colocated whether they change too.");
}

Request first_request(const Alteration &alteration, const Former &former, bool was_apart) {
    const char *beside = alteration.colocate_with ? alteration.colocate_with : was_apart ? "none" : "default";
    const bool is_named = pg_strcasecmp(beside, "none") != 0 && pg_strcasecmp(beside, "default") != 0;
    Request request{former.relid, alteration.key ? alteration.key : former.key, beside, std::nullopt, std::nullopt};
    if (!is_named) request.replication_factor = former.replication_factor;
    if (alteration.shard_count || !is_named)
        request.shard_count = alteration.shard_count.value_or(former.shard_count);
    return request;
}

// Whether a foreign key of the table refers to another one that is still to come.
bool must_wait(const Former &former, const pg::Vector<Former> &formers) {
    return std::ranges::any_of(foreign_keys_of(former.relid), [&](const ForeignKey &key) {
        return key.to != former.relid && !table::is_shell(key.to) &&
               std::ranges::any_of(formers, [&](const Former &other) { return other.relid == key.to; });
    });
}

void distribute_in_order(const Alteration &alteration, const pg::Vector<Former> &formers, bool was_apart) {
    const char *first = nullptr;
    for (size_t round = 0; round < formers.size(); round++)
        for (const Former &each : formers) {
            const bool is_last_round = round + 1 == formers.size();
            if (table::is_shell(each.relid) || (must_wait(each, formers) && !is_last_round)) continue;
            if (first)
                distribute({each.relid, each.key, first, std::nullopt, std::nullopt});
            else
                distribute(first_request(alteration, each, was_apart));
            first = pg::qualified_name(each.relid);
        }
}

} // namespace

void alter(const Alteration &alteration) {
    cluster::require_coordinator("alter_distributed_table");
    require_owner(alteration.relid);
    transaction::lock_metadata();
    LockRelationOid(alteration.relid, AccessExclusiveLock);
    const table::Table &table = table::get(alteration.relid);
    require_hash(table);
    pg::Vector<Former> formers = group_of(table);
    require_sense(alteration, formers);
    const bool was_apart = !is_open(table.colocation);
    if (!alteration.cascades.value_or(false)) formers.resize_down(1);

    pg::Vector<Oid> relids;
    for (const Former &each : formers) {
        require_owner(each.relid);
        relids.push(each.relid);
    }
    take_back(relids);
    // Foreign keys among them wait only for the others.
    pg::with_settings({{"client_min_messages", formers.size() > 1 ? "warning" : GetConfigOption("client_min_messages", false, false)}},
                      [&] { distribute_in_order(alteration, formers, was_apart); });
}

} // namespace cedro::convert
