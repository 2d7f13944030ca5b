#include "monitor/sizes.hpp"

#include "cluster/node.hpp"
#include "monitor/other_nodes.hpp"
#include "pg/catalog.hpp"
#include "pg/inheritance.hpp"
#include "pg/text.hpp"
#include "plan/sql_text.hpp"
#include "table/table.hpp"
#include "transaction/session.hpp"

#include <charconv>
#include <sys/statvfs.h>

namespace cedro::monitor {
namespace {

constexpr std::pair<Extent, const char *> kNames[] = {
    {Extent::Relation, "relation"},
    {Extent::Table, "table"},
    {Extent::Total, "total"},
};

/// 0 for a relation that was dropped meanwhile.
int64 bytes_here(Oid relid, Extent extent) {
    LOCAL_FCINFO(call, 2);
    InitFunctionCallInfoData(*call, nullptr, 2, InvalidOid, nullptr, nullptr);
    call->args[0] = {ObjectIdGetDatum(relid), false};
    call->args[1] = {Datum(0), false};
    Datum result = 0;
    switch (extent) {
    case Extent::Relation:
        call->args[1].value = CStringGetTextDatum("main");
        result = pg_relation_size(call);
        break;
    case Extent::Table:
        call->nargs = 1;
        result = pg_table_size(call);
        break;
    case Extent::Total:
        call->nargs = 1;
        result = pg_total_relation_size(call);
        break;
    }
    return call->isnull ? 0 : DatumGetInt64(result);
}

/// The relation itself, or the one of the same shard for an index of the table.
Oid of_shard(const table::Table &table, Oid relid, int ordinal) {
    Oid shard = table::shard_relid(table, ordinal);
    if (relid == table.relid || !OidIsValid(shard)) return shard;
    const char *name = table::shard_name(get_rel_name(relid), table.shards[static_cast<size_t>(ordinal)].id);
    return get_relname_relid(name, get_rel_namespace(shard));
}

/// The table a relation is or belongs to.
Oid table_of(Oid relid) {
    switch (get_rel_relkind(relid)) {
    case RELKIND_INDEX:
    case RELKIND_PARTITIONED_INDEX: return IndexGetRelation(relid, false);
    default: return relid;
    }
}

int64 bytes_of_member(Oid relid, Extent extent) {
    const table::Table &table = table::get(table_of(relid));
    int64 sum = 0;
    for (int ordinal = 0; ordinal < static_cast<int>(table.shards.size()); ++ordinal) {
        CHECK_FOR_INTERRUPTS();
        if (!table::placement_on(table.shards[static_cast<size_t>(ordinal)], cluster::local_group())) continue;
        if (Oid shard = of_shard(table, relid, ordinal); OidIsValid(shard)) sum += bytes_here(shard, extent);
    }
    return sum;
}

bool is_hidden(Oid relid) { return get_rel_namespace(relid) == get_namespace_oid("citus_internal", true); }

constexpr char kMissing[] = "the sizes of what it holds";

int64 number(const PGresult *result, int row, int column) {
    const char *text = PQgetvalue(result, row, column);
    int64 value = 0;
    std::from_chars(text, text + strlen(text), value);
    return value;
}

/// Keeps the largest size of each shard.
void keep_largest(pg::Vector<ShardSize> &sizes) {
    std::sort(sizes.begin(), sizes.end(), [](const ShardSize &a, const ShardSize &b) {
        return a.shard != b.shard ? a.shard < b.shard : a.bytes > b.bytes;
    });
    size_t kept = 0;
    for (const ShardSize &size : sizes)
        if (kept == 0 || sizes[kept - 1].shard != size.shard) sizes[kept++] = size;
    sizes.resize_down(kept);
}

const char *array_literal(std::span<const int64> ids) {
    StringInfoData text;
    initStringInfo(&text);
    for (int64 id : ids) appendStringInfo(&text, "%s" INT64_FORMAT, text.len ? "," : "{", id);
    appendStringInfoChar(&text, '}');
    return text.data;
}

/// Bytes of shards on one node; nothing when it cannot be reached.
std::optional<int64> bytes_on(const cluster::Node &node, std::span<const int64> shards) {
    int64 sum = 0;
    if (cluster::is_local(node)) {
        for (const ShardSize &size : local_shard_sizes(shards)) sum += size.bytes;
        return sum;
    }
    transaction::Session *session = transaction::session_if_reachable(node.id);
    if (session == nullptr) return std::nullopt;
    const char *sql =
        psprintf("SELECT coalesce(sum(size), 0) FROM citus_internal.local_shard_sizes('%s')", array_literal(shards));
    return number(transaction::run(session, {.sql = sql, .role = GetUserId()}), 0, 0);
}

} // namespace

const char *name_of(Extent extent) {
    for (auto [each, name] : kNames)
        if (each == extent) return name;
    pg_unreachable();
}

Extent extent_of(const char *name) {
    for (auto [extent, each] : kNames)
        if (strcmp(each, name) == 0) return extent;
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("\"%s\" is not an extent of a relation", name),
                    errhint("Use relation, table or total.")));
}

int64 local_bytes(Oid relid, Extent extent) {
    int64 sum = 0;
    for (Oid member : pg::OidsOf(find_all_inheritors(relid, AccessShareLock, nullptr)))
        sum += bytes_of_member(member, extent);
    return sum;
}

pg::Vector<ShardSize> local_shard_sizes(std::optional<std::span<const int64>> shards) {
    pg::Vector<ShardSize> sizes;
    auto measure = [&](const table::Table &table, int ordinal) {
        CHECK_FOR_INTERRUPTS();
        const table::Shard &shard = table.shards[static_cast<size_t>(ordinal)];
        if (!table::placement_on(shard, cluster::local_group())) return;
        if (Oid relid = table::shard_relid(table, ordinal); OidIsValid(relid))
            sizes.push({shard.id, bytes_here(relid, Extent::Total)});
    };
    if (shards) {
        for (int64 shard : *shards) {
            int ordinal;
            if (Oid shell = table::shell_of_shard(shard, &ordinal); OidIsValid(shell))
                measure(table::get(shell), ordinal);
        }
        return sizes;
    }
    for (Oid relid : table::all()) {
        if (is_hidden(relid)) continue;
        const table::Table &table = table::get(relid);
        for (int ordinal = 0; ordinal < static_cast<int>(table.shards.size()); ++ordinal) measure(table, ordinal);
    }
    return sizes;
}

std::optional<int64> bytes(Oid relid, Extent extent, bool is_optional) {
    table::get(table_of(relid)); // raises for what is not distributed
    const char *sql = psprintf("SELECT citus_internal.local_relation_size(%s::regclass, '%s')",
                               plan::literal(pg::qualified_name(relid)), name_of(extent));
    int64 sum = local_bytes(relid, extent);
    bool are_complete;
    for (const PGresult *result : ask_others(sql, is_optional, kMissing, &are_complete)) sum += number(result, 0, 0);
    return are_complete ? std::optional(sum) : std::nullopt;
}

pg::Vector<ShardSize> shard_sizes() {
    pg::Vector<ShardSize> sizes = local_shard_sizes(std::nullopt);
    for (const PGresult *result : ask_others("SELECT * FROM citus_internal.local_shard_sizes()", true, kMissing))
        for (int row = 0; row < PQntuples(result); ++row) sizes.push({number(result, row, 0), number(result, row, 1)});
    keep_largest(sizes);
    return sizes;
}

int64 shard_group_bytes(int64 shard) {
    int ordinal;
    Oid shell = table::shell_of_shard(shard, &ordinal);
    if (!OidIsValid(shell))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("shard " INT64_FORMAT " does not exist", shard)));
    const table::Table &table = table::get(shell);
    pg::Vector<int64> members;
    if (table.colocation == 0)
        members.push(shard);
    else
        for (Oid relid : table::colocated(table.colocation))
            members.push(table::get(relid).shards[static_cast<size_t>(ordinal)].id);

    for (const table::Placement &placement : table.shards[static_cast<size_t>(ordinal)].placements) {
        const cluster::Node *node = placement.is_active ? cluster::primary_of(placement.group) : nullptr;
        if (node == nullptr || !node->is_active) continue;
        if (std::optional<int64> sum = bytes_on(*node, members)) return *sum;
    }
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("no node that holds shard " INT64_FORMAT " can be reached", shard),
                    errhint("See which nodes are down with citus_check_cluster_node_health().")));
}

DiskSpace local_disk_space() {
    struct statvfs space;
    if (statvfs(DataDir, &space) != 0)
        ereport(ERROR, (errcode_for_file_access(), errmsg("could not look at the file system of \"%s\": %m", DataDir)));
    const auto block = static_cast<int64>(space.f_frsize);
    return {static_cast<int64>(space.f_bavail) * block, static_cast<int64>(space.f_blocks) * block};
}

} // namespace cedro::monitor
