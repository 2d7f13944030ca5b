// Owner, privileges, comment and security labels: what every kind of object has.
#include "ddl/describe/kinds.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

namespace {

// The kind as ALTER and COMMENT spell it.
const char *keyword_of(const ObjectAddress &object) {
    const char *type = getObjectTypeDescription(&object, false);
    if (strcmp(type, "table column") == 0 || strcmp(type, "view column") == 0) return "COLUMN";
    if (strcmp(type, "statistics object") == 0) return "STATISTICS";
    if (strcmp(type, "table constraint") == 0) return "CONSTRAINT";
    if (strcmp(type, "domain constraint") == 0) return "CONSTRAINT";
    if (strcmp(type, "composite type") == 0) return "TYPE";
    if (strcmp(type, "aggregate") == 0) return "ROUTINE"; // ALTER AGGREGATE has its own way to write no arguments
    return str_toupper(type, strlen(type), C_COLLATION_OID);
}

void settle_labels(Description &description, const ObjectAddress &object) {
    pg::each_row(
        SecLabelRelationId, SecLabelObjectIndexId,
        {{Anum_pg_seclabel_objoid, F_OIDEQ, ObjectIdGetDatum(object.objectId)},
         {Anum_pg_seclabel_classoid, F_OIDEQ, ObjectIdGetDatum(object.classId)},
         {Anum_pg_seclabel_objsubid, F_INT4EQ, Int32GetDatum(object.objectSubId)}},
        [&](HeapTuple tuple, TupleDesc descriptor) {
            const char *provider = TextDatumGetCString(*pg::column(tuple, descriptor, Anum_pg_seclabel_provider));
            const char *label = TextDatumGetCString(*pg::column(tuple, descriptor, Anum_pg_seclabel_label));
            settle(description, psprintf("SECURITY LABEL FOR %s ON %s %s IS %s", quote_identifier(provider),
                                         keyword_of(object), getObjectIdentity(&object, false), plan::literal(label)));
        });
}

} // namespace

namespace {

const char *shared_comment(const ObjectAddress &object) {
    const char *comment = nullptr;
    pg::each_row(SharedDescriptionRelationId, SharedDescriptionObjIndexId,
                 {{Anum_pg_shdescription_objoid, F_OIDEQ, ObjectIdGetDatum(object.objectId)},
                  {Anum_pg_shdescription_classoid, F_OIDEQ, ObjectIdGetDatum(object.classId)}},
                 [&](HeapTuple tuple, TupleDesc descriptor) {
                     comment = TextDatumGetCString(*pg::column(tuple, descriptor, Anum_pg_shdescription_description));
                 });
    return comment;
}

} // namespace

void settle_comment(Description &description, const ObjectAddress &object) {
    const char *comment = object.classId == AuthIdRelationId
                              ? shared_comment(object)
                              : GetComment(object.objectId, object.classId, object.objectSubId);
    // No command when there is none, but a difference to a node that has one.
    const char *command = psprintf("COMMENT ON %s %s IS %s", keyword_of(object), getObjectIdentity(&object, false),
                                   plan::literal(comment));
    settle(description, command, comment ? command : "");
    settle_labels(description, object);
}

void settle_acl(Description &description, const ObjectAddress &object, std::optional<Datum> acl) {
    const ObjectName name = name_of(object);
    const char *text = acl ? OidOutputFunctionCall(F_ARRAY_OUT, PointerGetDatum(DatumGetAclPCopy(*acl))) : nullptr;
    settle(description, psprintf("SELECT citus_internal.set_acl(%s, %s, %s, %s)", plan::literal(name.type), name.names,
                                 name.arguments, plan::literal(text)));
}

Oid owner_of(const ObjectAddress &object) {
    ::Relation catalog = table_open(object.classId, AccessShareLock);
    HeapTuple tuple = get_catalog_object_by_oid(catalog, get_object_attnum_oid(object.classId), object.objectId);
    if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for object %u", object.objectId);
    const Datum owner = *pg::column(tuple, RelationGetDescr(catalog), get_object_attnum_owner(object.classId));
    table_close(catalog, AccessShareLock);
    return DatumGetObjectId(owner);
}

const char *owner_command(const ObjectAddress &object, Oid owner) {
    return psprintf("ALTER %s %s OWNER TO %s", keyword_of(object), getObjectIdentity(&object, false), role_name(owner));
}

void settle_rights(Description &description, const ObjectAddress &object) {
    ::Relation catalog = table_open(object.classId, AccessShareLock);
    HeapTuple tuple = get_catalog_object_by_oid(catalog, get_object_attnum_oid(object.classId), object.objectId);
    if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for object %u", object.objectId);
    const TupleDesc descriptor = RelationGetDescr(catalog);
    const AttrNumber owner = get_object_attnum_owner(object.classId);
    const AttrNumber acl = get_object_attnum_acl(object.classId);
    if (owner != InvalidAttrNumber)
        settle(description, owner_command(object, DatumGetObjectId(*pg::column(tuple, descriptor, owner))));
    if (acl != InvalidAttrNumber) settle_acl(description, object, pg::column(tuple, descriptor, acl));
    table_close(catalog, AccessShareLock);
    settle_comment(description, object);
}

} // namespace cedro::ddl
