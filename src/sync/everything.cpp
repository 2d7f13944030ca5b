#include "sync/everything.hpp"

#include "catalog/relation.hpp"
#include "ddl/describe/kinds.hpp"
#include "ddl/describe/make.hpp"
#include "ddl/ship.hpp"
#include "pg/list.hpp"
#include "plan/sql_text.hpp"
#include "sync/metadata_rows.hpp"

namespace cedro::sync {

namespace {

ObjectAddress address(Oid catalog, Oid object) {
    ObjectAddress result;
    ObjectAddressSet(result, catalog, object);
    return result;
}

// Shards and tables that stay; whatever else the node has of the cluster goes.
const char *forget_command(std::span<const Oid> tables, int32 group) {
    StringInfoData shards;
    StringInfoData names;
    initStringInfo(&shards);
    initStringInfo(&names);
    for (Oid relid : tables) {
        appendStringInfo(&names, "%s%s", names.len ? ", " : "", plan::literal(pg::qualified_name(relid)));
        const table::Table &table = table::get(relid);
        for (const table::Shard &shard : table.shards)
            if (table::placement_on(shard, group))
                appendStringInfo(&shards, "%s" INT64_FORMAT, shards.len ? "," : "", shard.id);
    }
    return psprintf("SELECT citus_internal.forget_cluster('{%s}', ARRAY[%s]::text[])", shards.data, names.data);
}

// Roles belong to the server and are needed before anything that somebody owns.
void add_roles(ddl::Closure &closure) {
    pg::Vector<Oid> roles;
    pg::each_row(AuthIdRelationId, InvalidOid, {}, [&](HeapTuple tuple, TupleDesc) {
        const Oid role = pg::fields<FormData_pg_authid>(tuple)->oid;
        if (role >= FirstNormalObjectId) roles.push(role);
    });
    for (Oid role : roles) ddl::add_with_dependencies(closure, address(AuthIdRelationId, role));
}

// Recorded objects are added even when not all that they need can go along: what cannot is left out.
void add_if_complete(ddl::Closure &closure, const ObjectAddress &object) {
    ddl::add_with_dependencies(closure, object);
    if (!closure.obstacle) return;
    ereport(WARNING, (errmsg("%s does not go to the node", getObjectDescription(&object, false)),
                      errdetail_internal("%s.", ddl::explain_obstacle(closure, object))));
    closure.obstacle.reset();
}

pg::Vector<ObjectAddress> recorded_objects() {
    pg::Vector<ObjectAddress> objects;
    pg::each_row(catalog::oid_of(catalog::Relation::Object), InvalidOid, {},
                 [&](HeapTuple tuple, TupleDesc descriptor) {
                     const ObjectAddress object{DatumGetObjectId(*pg::column(tuple, descriptor, 1)),
                                                DatumGetObjectId(*pg::column(tuple, descriptor, 2)),
                                                DatumGetInt32(*pg::column(tuple, descriptor, 3))};
                     objects.push(object);
                 });
    std::sort(objects.begin(), objects.end(), [](const ObjectAddress &a, const ObjectAddress &b) {
        return a.objectId != b.objectId ? a.objectId < b.objectId : a.classId < b.classId;
    });
    return objects;
}

bool exists(const ObjectAddress &object) { return getObjectDescription(&object, true) != nullptr; }

ddl::Closure all_objects(std::span<const Oid> tables) {
    ddl::Closure closure;
    add_roles(closure);
    for (Oid relid : tables) {
        const ObjectAddress table = address(RelationRelationId, relid);
        ddl::add_with_dependencies(closure, table, tables);
        if (closure.obstacle)
            ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                            errmsg("table \"%s\" cannot be made on the node", get_rel_name(relid)),
                            errdetail_internal("%s.", ddl::explain_obstacle(closure, table))));
    }
    for (const ObjectAddress &object : recorded_objects())
        if (exists(object)) add_if_complete(closure, object);
    return closure;
}

// Whatever else the cluster once kept equal there is outdated.
const char *forget_objects_command(std::span<const ObjectAddress> kept) {
    pg::Vector<const char *> types;
    pg::Vector<const char *> names;
    pg::Vector<const char *> arguments;
    for (const ObjectAddress &object : kept) {
        const ddl::ObjectName name = ddl::name_of(object);
        types.push(plan::literal(name.type));
        names.push(psprintf("%s::text", name.names));
        arguments.push(psprintf("%s::text", name.arguments));
    }
    auto list = [](std::span<const char *const> items) {
        StringInfoData buffer;
        initStringInfo(&buffer);
        for (const char *item : items) appendStringInfo(&buffer, "%s%s", buffer.len ? ", " : "", item);
        return psprintf("ARRAY[%s]::text[]", buffer.data);
    };
    return psprintf("SELECT citus_internal.forget_objects(%s, %s, %s)", list(types), list(names), list(arguments));
}

} // namespace

pg::Vector<const char *> everything(int32 group) {
    const pg::Vector<Oid> tables = table::all();
    pg::Vector<const char *> commands;
    commands.push(forget_command(tables, group));
    add_node_rows(commands, group);
    add_colocation_rows(commands);
    const ddl::Closure closure = all_objects(tables);
    for (const ObjectAddress &object : closure.objects) commands.push(ddl::make_command(object));
    commands.push(ddl::default_acls_command(InvalidOid));
    for (Oid relid : tables)
        for (const char *command : ddl::foreign_key_commands(relid)) commands.push(command);
    commands.push(forget_objects_command(closure.objects));
    for (Oid relid : tables) add_table_rows(commands, relid);
    add_late_rows(commands);
    add_version(commands);
    return commands;
}

} // namespace cedro::sync
