// GRANT and REVOKE: the privileges of each object go to the other nodes as they are afterwards.
#include "catalog/relation.hpp"
#include "ddl/describe/make.hpp"
#include "ddl/statement.hpp"
#include "pg/list.hpp"
#include "table/table.hpp"

namespace cedro::ddl {

namespace {

void add(pg::Vector<ObjectAddress> &objects, Oid catalog, Oid oid) {
    ObjectAddress object;
    ObjectAddressSet(object, catalog, oid);
    if (OidIsValid(oid) && is_shared(object)) objects.push(object);
}

void add_named(pg::Vector<ObjectAddress> &objects, ObjectType type, Node *name) {
    Relation relation = nullptr;
    const ObjectAddress object = get_object_address(type, name, &relation, AccessShareLock, true);
    if (relation) relation_close(relation, NoLock);
    add(objects, object.classId, object.objectId);
}

// The kinds that GRANT … ON ALL … IN SCHEMA knows.
bool is_of_kind(const ObjectAddress &object, ObjectType kind) {
    if (kind != OBJECT_TABLE && kind != OBJECT_SEQUENCE) return object.classId == ProcedureRelationId;
    if (object.classId != RelationRelationId) return false;
    return (get_rel_relkind(object.objectId) == RELKIND_SEQUENCE) == (kind == OBJECT_SEQUENCE);
}

void add_in_schemas(pg::Vector<ObjectAddress> &objects, const GrantStmt *grant) {
    pg::Vector<Oid> schemas;
    ListCell *cell;
    foreach (cell, grant->objects) schemas.push(get_namespace_oid(strVal(lfirst(cell)), false));
    pg::each_row(
        catalog::oid_of(catalog::Relation::Object), InvalidOid, {}, [&](HeapTuple tuple, TupleDesc descriptor) {
            ObjectAddress object;
            ObjectAddressSet(object, DatumGetObjectId(*pg::column(tuple, descriptor, 1)),
                             DatumGetObjectId(*pg::column(tuple, descriptor, 2)));
            const bool has_schema = object.classId == RelationRelationId || object.classId == ProcedureRelationId;
            if (has_schema && getObjectDescription(&object, true) && is_of_kind(object, grant->objtype) &&
                schemas.contains(get_object_namespace(&object)))
                objects.push(object);
        });
}

// Each node has its own.
bool stays(ObjectType kind) {
    return kind == OBJECT_DATABASE || kind == OBJECT_LANGUAGE || kind == OBJECT_PARAMETER_ACL ||
           kind == OBJECT_TABLESPACE || kind == OBJECT_FDW || kind == OBJECT_FOREIGN_SERVER;
}

pg::Vector<ObjectAddress> objects_of(const GrantStmt *grant) {
    pg::Vector<ObjectAddress> objects;
    if (grant->targtype == ACL_TARGET_ALL_IN_SCHEMA) {
        add_in_schemas(objects, grant);
        return objects;
    }
    ListCell *cell;
    foreach (cell, grant->objects) {
        auto *name = static_cast<Node *>(lfirst(cell));
        switch (grant->objtype) {
        case OBJECT_TABLE:
        case OBJECT_SEQUENCE:
            add(objects, RelationRelationId, RangeVarGetRelid(reinterpret_cast<RangeVar *>(name), NoLock, true));
            break;
        case OBJECT_TYPE:
        case OBJECT_DOMAIN:
            add_named(objects, grant->objtype,
                      reinterpret_cast<Node *>(makeTypeNameFromNameList(reinterpret_cast<List *>(name))));
            break;
        case OBJECT_SCHEMA:
        case OBJECT_FUNCTION:
        case OBJECT_PROCEDURE:
        case OBJECT_ROUTINE: add_named(objects, grant->objtype, name); break;
        default: break;
        }
    }
    return objects;
}

} // namespace

void handle_grant(const pg::Utility &utility) {
    utility.run();
    CommandCounterIncrement();
    const auto *grant = castNode(GrantStmt, utility.tree());
    if (stays(grant->objtype) && has_other_nodes())
        ereport(NOTICE, (errmsg("the privileges stay on this node"),
                         errdetail("Those on databases, languages, settings and the like do not go to other nodes."),
                         errhint("Use run_command_on_all_nodes() to set them everywhere.")));
    const pg::Vector<ObjectAddress> objects = objects_of(grant);
    if (objects.empty()) return;
    require_here(objects[0]);
    pg::Vector<const char *> everywhere;
    pg::Vector<const char *> on_others;
    for (const ObjectAddress &object : objects) {
        add_new_dependencies(everywhere, object);
        on_others.push(settle_command(object));
    }
    carry(everywhere, on_others);
}

} // namespace cedro::ddl
