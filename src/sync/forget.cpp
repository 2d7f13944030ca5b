#include "sync/forget.hpp"

#include "catalog/relation.hpp"
#include "ddl/describe/make.hpp"
#include "ddl/remove.hpp"
#include "pg/scope.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"
#include "worker/shard.hpp"

namespace cedro::sync {

namespace {

void drop_outdated_shards(const table::Table &table, std::span<const int64> kept) {
    pg::Vector<int64> outdated;
    for (const table::Shard &shard : table.shards)
        if (std::ranges::find(kept, shard.id) == kept.end()) outdated.push(shard.id);
    if (!outdated.empty()) worker::drop_shards(table.relid, outdated);
}

bool is_kept(std::span<const char *const> tables, const char *name) {
    return std::ranges::any_of(tables, [&](const char *each) { return strcmp(each, name) == 0; });
}

} // namespace

void forget_cluster(std::span<const int64> shards, std::span<const char *const> tables) {
    pg::Vector<const char *> commands;
    for (Oid relid : table::all()) {
        if (!get_rel_name(relid)) continue;
        drop_outdated_shards(table::get(relid), shards);
        const char *name = pg::qualified_name(relid);
        if (!is_kept(tables, name)) commands.push(psprintf("DROP TABLE IF EXISTS %s CASCADE", name));
    }
    for (const char *catalog :
         {"citus_internal.global_key", "citus_internal.table_option", "pg_catalog.pg_dist_placement",
          "pg_catalog.pg_dist_shard", "pg_catalog.pg_dist_partition", "pg_catalog.pg_dist_colocation",
          "pg_catalog.pg_dist_schema", "pg_catalog.pg_dist_node"})
        commands.push(psprintf("DELETE FROM %s", catalog));
    // Rows of pg_dist_object stay for what stays: they tell shells from tables of this node's own.
    commands.push("DELETE FROM pg_catalog.pg_dist_object object WHERE pg_catalog.pg_describe_object(classid, objid, "
                  "objsubid) IS NULL");
    pg::with_settings({{"client_min_messages", "warning"}}, [&] { transaction::run_here(commands); });
}

namespace {

bool is_among(std::span<const ObjectAddress> objects, const ObjectAddress &object) {
    return std::ranges::any_of(objects, [&](const ObjectAddress &each) {
        return each.classId == object.classId && each.objectId == object.objectId;
    });
}

// Later ones may need earlier ones.
pg::Vector<ObjectAddress> outdated_objects(std::span<const ObjectAddress> kept) {
    pg::Vector<ObjectAddress> outdated;
    pg::each_row(catalog::oid_of(catalog::Relation::Object), InvalidOid, {},
                 [&](HeapTuple tuple, TupleDesc descriptor) {
                     ObjectAddress object;
                     ObjectAddressSet(object, DatumGetObjectId(*pg::column(tuple, descriptor, 1)),
                                      DatumGetObjectId(*pg::column(tuple, descriptor, 2)));
                     if (!is_among(kept, object)) outdated.push(object);
                 });
    std::sort(outdated.begin(), outdated.end(),
              [](const ObjectAddress &a, const ObjectAddress &b) { return a.objectId > b.objectId; });
    return outdated;
}

void forget(const ObjectAddress &object) {
    const char *name = getObjectDescription(&object, true);
    ddl::unrecord(object);
    if (!name) return;
    const ErrorData *error = pg::caught([&] {
        if (object.classId == AuthIdRelationId)
            ddl::remove_role(GetUserNameFromId(object.objectId, false));
        else
            ddl::remove_objects({&object, 1}, false);
    });
    if (error)
        ereport(WARNING, (errmsg("%s stays on a node, although the cluster dropped it", name),
                          errdetail_internal("%s", error->message)));
}

} // namespace

void forget_objects(std::span<const ObjectAddress> kept) {
    // Roles last: they own the others.
    const pg::Vector<ObjectAddress> outdated = outdated_objects(kept);
    for (const ObjectAddress &object : outdated)
        if (object.classId != AuthIdRelationId) forget(object);
    for (const ObjectAddress &object : outdated)
        if (object.classId == AuthIdRelationId) forget(object);
}

} // namespace cedro::sync
