#include "convert/layout.hpp"

#include "catalog/relation.hpp"
#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "table/ids.hpp"
#include "convert/table_option.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "table/key_type.hpp"

namespace cedro::convert {

namespace {

struct Key {
    Oid type = InvalidOid;
    Oid collation = InvalidOid;
};

Key key_of(Oid relid, AttrNumber column) {
    Key key;
    int32 type_modifier;
    if (column != InvalidAttrNumber) get_atttypetypmodcoll(relid, column, &key.type, &type_modifier, &key.collation);
    return key;
}

bool is_same_family(Key left, Key right) {
    if (!OidIsValid(left.type) || !OidIsValid(right.type)) return left.type == right.type;
    return table::key_family(left.type, left.collation) == table::key_family(right.type, right.collation);
}

// Groups of the nodes that may hold shards, in the order of the round robin.
pg::Vector<int32> shard_groups() {
    pg::Vector<int32> groups;
    for (const cluster::Node &node : cluster::shard_nodes()) groups.push(node.group);
    if (groups.empty()) groups.push(cluster::kCoordinatorGroup);
    return groups;
}

std::span<const Site> round_robin(int shard_count, int replication_factor, int first) {
    const pg::Vector<int32> groups = shard_groups();
    const int group_count = static_cast<int>(groups.size());
    pg::Vector<Site> sites;
    for (int ordinal = 0; ordinal < shard_count; ordinal++) {
        pg::Vector<int32> chosen;
        for (int copy = 0; copy < replication_factor; copy++)
            chosen.push(groups[static_cast<size_t>(hash::node_of(first + ordinal, copy, group_count))]);
        sites.push({hash::range_of(ordinal, shard_count), chosen});
    }
    return sites;
}

// The sites of a table that is there already, for one that joins its group.
std::span<const Site> sites_of(const table::Table &pattern) {
    pg::Vector<Site> sites;
    for (const table::Shard &shard : pattern.shards) {
        pg::Vector<int32> groups;
        for (const table::Placement &placement : shard.placements) groups.push(placement.group);
        sites.push({shard.range, groups});
    }
    return sites;
}

struct Found {
    int32 colocation = 0;
    ColocationGroup group{};
};

// The oldest group of this shape that new tables may join; colocation 0 when there is none.
Found matching_group(int shard_count, int replication_factor, Key key) {
    pg::Vector<Found> candidates;
    catalog::scan(catalog::Relation::Colocation, 0, InvalidOid, 0, nullptr, [&](HeapTuple tuple, TupleDesc descriptor) {
        auto get = [&](AttrNumber attribute) { return catalog::column(tuple, descriptor, attribute); };
        candidates.push({DatumGetInt32(get(1)),
                         {DatumGetInt32(get(2)), DatumGetInt32(get(3)), DatumGetObjectId(get(4)),
                          DatumGetObjectId(get(5))}});
    });
    std::sort(candidates.begin(), candidates.end(),
              [](const Found &a, const Found &b) { return a.colocation < b.colocation; });
    for (const Found &each : candidates)
        if (each.group.shard_count == shard_count && each.group.replication_factor == replication_factor &&
            is_same_family({each.group.key_type, each.group.key_collation}, key) && is_open(each.colocation))
            return each;
    return {};
}

int wanted_factor(const Request &request) {
    if (request.replication_factor) {
        if (*request.replication_factor < 1)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("replication_factor must be positive")));
        return *request.replication_factor;
    }
    return wanted_replication_factor(request.relid);
}

int wanted_shard_count(const Request &request) {
    if (!request.key) {
        if (request.shard_count)
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                            errmsg("a table without a distribution column has one shard"),
                            errhint("Leave out shard_count, or name a distribution column.")));
        return 1;
    }
    const int count = request.shard_count.value_or(setting::shard_count);
    if (count < 1 || count > 64000)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("shard_count must be between 1 and 64000"),
                        errdetail("It is %d.", count)));
    return count;
}

// A key-less table has one copy only: more of them make it a reference table to every reader of the catalogs.
void require_single_copy(const Request &request, int factor) {
    if (request.key || factor == 1) return;
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("a table without a distribution column cannot have %d copies", factor),
                    errhint("Set citus.shard_replication_factor to 1, or make it a reference table, which has a copy "
                            "on every node.")));
}

[[noreturn]] void refuse_colocation(const Request &request, Oid pattern, const char *why) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("cannot colocate tables %s and %s", get_rel_name(request.relid), get_rel_name(pattern)),
                    errdetail_internal("%s", why)));
}

Layout beside(const Request &request, Key key, Oid pattern_relid) {
    if (request.shard_count)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("shard_count cannot be given together with a table in colocate_with"),
                        errdetail("Co-located tables have the same number of shards.")));
    const table::Table &pattern = table::get(pattern_relid);
    const bool is_hash = request.key != nullptr;
    if (pattern.kind != table::Kind::Hash && pattern.kind != table::Kind::Single)
        refuse_colocation(request, pattern_relid,
                          psprintf("Table %s has no shards of its own.", get_rel_name(pattern_relid)));
    if (is_hash != pattern.is_hash())
        refuse_colocation(request, pattern_relid, "One of them has a distribution column and the other has none.");
    if (is_hash && !is_same_family(key, {pattern.key_type, pattern.key_collation}))
        refuse_colocation(request, pattern_relid,
                          psprintf("The distribution columns have types %s and %s, or collations, that hash differently.",
                                   format_type_be(key.type), format_type_be(pattern.key_type)));
    if (request.replication_factor && *request.replication_factor != pattern.replication_factor())
        refuse_colocation(request, pattern_relid,
                          psprintf("Table %s has %d copies of each shard, and %d were asked for.",
                                   get_rel_name(pattern_relid), pattern.replication_factor(),
                                   *request.replication_factor));
    return {is_hash ? table::Kind::Hash : table::Kind::Single, request.key, pattern.colocation, std::nullopt, false,
            false, sites_of(pattern)};
}

} // namespace

void require_nodes_for(int replication_factor) {
    const int nodes = static_cast<int>(shard_groups().size());
    if (replication_factor <= nodes) return;
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                    errmsg("replication_factor (%d) exceeds the number of nodes that can hold shards (%d)",
                           replication_factor, nodes),
                    errhint("Add nodes with citus_add_node(), or ask for fewer copies.")));
}

Layout distributed_layout(const Request &request, AttrNumber key_column) {
    const Key key = key_of(request.relid, key_column);
    const bool is_default = pg_strcasecmp(request.colocate_with, "default") == 0;
    const bool is_apart = pg_strcasecmp(request.colocate_with, "none") == 0;
    if (!is_default && !is_apart) return beside(request, key, table_named(request.colocate_with));

    const int shard_count = wanted_shard_count(request);
    const int factor = wanted_factor(request);
    require_single_copy(request, factor);
    require_nodes_for(factor);

    Layout layout{request.key ? table::Kind::Hash : table::Kind::Single, request.key, 0, std::nullopt, is_apart, false,
                  {}};
    if (is_default) {
        const Found found = matching_group(shard_count, factor, key);
        layout.colocation = found.colocation;
        if (found.colocation != 0)
            if (const pg::Vector<Oid> members = table::colocated(found.colocation); !members.empty())
                layout.sites = sites_of(table::get(members[0]));
    }
    if (layout.colocation == 0) {
        layout.colocation = table::next_colocation();
        layout.founds = ColocationGroup{shard_count, factor, key.type, key.collation};
    }
    // Single shards of different groups go round the nodes too.
    if (layout.sites.empty())
        layout.sites = round_robin(shard_count, factor, request.key ? 0 : layout.colocation);
    return layout;
}

Layout partition_layout(const table::Table &parent) {
    return {parent.kind,
            parent.is_hash() ? get_attname(parent.relid, parent.key, false) : nullptr,
            parent.colocation,
            std::nullopt,
            false,
            parent.is_autoconverted,
            sites_of(parent)};
}

Layout reference_layout() {
    pg::Vector<int32> groups;
    for (const cluster::Node &node : cluster::active_primaries()) groups.push(node.group);
    if (groups.empty()) groups.push(cluster::kCoordinatorGroup);
    std::sort(groups.begin(), groups.end());
    pg::Vector<Site> sites;
    sites.push({{INT32_MIN, INT32_MAX}, groups});

    // All reference tables share one group.
    Layout layout{table::Kind::Reference, nullptr, matching_group(1, -1, {}).colocation, std::nullopt, false, false,
                  sites};
    if (layout.colocation == 0) {
        layout.colocation = table::next_colocation();
        layout.founds = ColocationGroup{1, -1, InvalidOid, InvalidOid};
    }
    return layout;
}

Layout local_layout(bool is_autoconverted) {
    pg::Vector<int32> groups;
    groups.push(cluster::kCoordinatorGroup);
    pg::Vector<Site> sites;
    sites.push({{INT32_MIN, INT32_MAX}, groups});
    return {table::Kind::Local, nullptr, 0, std::nullopt, false, is_autoconverted, sites};
}

int wanted_replication_factor(Oid relid) {
    return remembered_replication_factor(relid).value_or(setting::shard_replication_factor);
}

Oid table_named(const char *name) {
    List *names = textToQualifiedNameList(cstring_to_text(name));
    const Oid relid = RangeVarGetRelid(makeRangeVarFromNameList(names), AccessShareLock, false);
    table::get(relid);
    return relid;
}

} // namespace cedro::convert
