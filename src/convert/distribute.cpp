#include "convert/distribute.hpp"

#include "convert/checks.hpp"
#include "convert/conversion.hpp"
#include "convert/foreign_key.hpp"
#include "convert/undistribute.hpp"
#include "pg/scope.hpp"

namespace cedro::convert {

namespace {

AttrNumber checked_key(Oid relid, const char *name) {
    return pg::with_relation(relid, NoLock, [&](Relation relation) {
        const AttrNumber key = name ? require_key_column(relation, name) : InvalidAttrNumber;
        require_enforceable_keys(relation, key);
        return key;
    });
}

// A foreign key from a table that is not distributed: allowed, so that a schema can be distributed table by table.
void tell_of_waiting_keys(Oid relid) {
    for (const ForeignKey &each : foreign_keys_to(relid))
        if (!table::is_shell(each.from)) tell_of_waiting(each);
}

// Local tables that became so by themselves and refer to the table, also over each other: they are ordinary tables
// again, and wait to be distributed too.
void release_referencing(Oid relid) {
    pg::Vector<Oid> waiting;
    waiting.push(relid);
    for (size_t i = 0; i < waiting.size(); i++)
        for (const ForeignKey &each : foreign_keys_to(waiting[i])) {
            const table::Table *from = table::find(each.from);
            if (from && from->is_autoconverted && !waiting.contains(each.from)) waiting.push(each.from);
        }
    pg::Vector<Oid> others;
    for (Oid each : waiting)
        if (each != relid) others.push(each);
    if (others.empty()) return;
    for (Oid each : others) require_owner(each);
    take_back(others);
}

void require_unpartitioned(Oid relid, const char *kind) {
    if (get_rel_relkind(relid) != RELKIND_PARTITIONED_TABLE) return;
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("partitioned table \"%s\" cannot become a %s", get_rel_name(relid), kind),
                    errhint("Use create_distributed_table().")));
}

/// Tables that become local tables of the cluster together with the one that asked for it.
void push_local(pg::Vector<Conversion> &conversions, Oid relid, bool is_automatic) {
    const Conversion conversion{prepare(relid, "citus_add_local_table_to_metadata"), local_layout(is_automatic)};
    for (Oid each : conversion.relids) require_enforceable_foreign_keys(each, conversion.layout, InvalidAttrNumber);
    conversions.push(conversion);
}

bool is_among(const pg::Vector<Conversion> &conversions, Oid relid) {
    for (const Conversion &each : conversions)
        if (each.relids[0] == relid) return true;
    return false;
}

/// Adds the plain tables that foreign keys connect with those that are there.
void push_neighbours(pg::Vector<Conversion> &conversions, bool is_automatic) {
    for (size_t i = 0; i < conversions.size(); i++) {
        const Oid relid = conversions[i].relids[0];
        for (Oid other : plain_neighbours(relid)) {
            if (is_among(conversions, other) || (is_automatic && refers_to_shards(other))) continue;
            if (is_automatic)
                ereport(NOTICE, (errmsg("adding table \"%s\" to the metadata of the cluster", get_rel_name(other)),
                                 errdetail("A foreign key connects it with table \"%s\".", get_rel_name(relid))));
            push_local(conversions, other, is_automatic);
        }
    }
}

} // namespace

void distribute(const Request &request) {
    Conversion conversion{prepare(request.relid, "create_distributed_table"), {}};
    for (Oid each : conversion.relids) require_not_distributed(each);
    release_referencing(request.relid);
    conversion.layout = distributed_layout(request, checked_key(request.relid, request.key));
    for (Oid each : conversion.relids)
        require_enforceable_foreign_keys(each, conversion.layout, checked_key(each, request.key));
    convert({&conversion, 1});
    tell_of_waiting_keys(request.relid);
}

void make_reference(Oid relid) {
    pg::Vector<Conversion> conversions;
    conversions.push({prepare(relid, "create_reference_table"), {}});
    require_not_distributed(relid);
    require_unpartitioned(relid, "reference table");
    conversions[0].layout = reference_layout();
    require_enforceable_foreign_keys(relid, conversions[0].layout, InvalidAttrNumber);
    push_neighbours(conversions, true);
    convert(conversions);
}

void add_local(Oid relid, bool cascades) {
    if (const table::Table *table = table::find(relid))
        ereport(ERROR, (errcode(ERRCODE_INVALID_TABLE_DEFINITION),
                        table->kind == table::Kind::Local
                            ? errmsg("table \"%s\" is already in the metadata", get_rel_name(relid))
                            : errmsg("table \"%s\" is already distributed", get_rel_name(relid))));
    if (const pg::Vector<Oid> others = plain_neighbours(relid); !cascades && !others.empty())
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("foreign keys connect table \"%s\" with table \"%s\", which is not in the metadata",
                               get_rel_name(relid), get_rel_name(others[0])),
                        errhint("Use cascade_via_foreign_keys => true to add all of them.")));
    pg::Vector<Conversion> conversions;
    push_local(conversions, relid, false);
    push_neighbours(conversions, false);
    convert(conversions);
}

void join(Oid partition, Oid parent) {
    Conversion conversion{prepare(partition, "a partition of a distributed table", true), {}};
    conversion.layout = partition_layout(table::get(parent));
    for (Oid each : conversion.relids)
        require_enforceable_foreign_keys(each, conversion.layout, checked_key(each, conversion.layout.key));
    convert({&conversion, 1});
}

void add_local_for_foreign_key(Oid relid) {
    pg::Vector<Conversion> conversions;
    push_local(conversions, relid, true);
    push_neighbours(conversions, true);
    convert(conversions);
}

} // namespace cedro::convert
