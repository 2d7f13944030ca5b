// Sets the privileges of an object to the very list that another node has:
// grantors and grant options included, which no sequence of GRANTs by one role gives.
#include "ddl/describe/make.hpp"

namespace cedro::ddl {

namespace {

struct AclColumn {
    Oid catalog;
    HeapTuple tuple;
    AttrNumber attribute;
    Oid owner;
};

Oid owner_of_relation(Oid relation) {
    return pg::with_cached(RELOID, relation,
                           [](HeapTuple tuple) { return pg::fields<FormData_pg_class>(tuple)->relowner; });
}

// A copy of the row that holds the list.
AclColumn acl_column(const ObjectAddress &object) {
    if (object.classId == RelationRelationId && object.objectSubId != 0) {
        HeapTuple tuple = SearchSysCacheCopy2(ATTNUM, ObjectIdGetDatum(object.objectId),
                                              Int16GetDatum(static_cast<int16>(object.objectSubId)));
        return {AttributeRelationId, tuple, Anum_pg_attribute_attacl, owner_of_relation(object.objectId)};
    }
    const AttrNumber attribute = get_object_attnum_acl(object.classId);
    const AttrNumber owner = get_object_attnum_owner(object.classId);
    if (attribute == InvalidAttrNumber || owner == InvalidAttrNumber)
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                        errmsg("%s has no privileges", getObjectDescription(&object, false))));
    ::Relation catalog = table_open(object.classId, AccessShareLock);
    HeapTuple tuple = get_catalog_object_by_oid(catalog, get_object_attnum_oid(object.classId), object.objectId);
    if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for object %u", object.objectId);
    const Oid owner_oid = DatumGetObjectId(*pg::column(tuple, RelationGetDescr(catalog), owner));
    HeapTuple copy = heap_copytuple(tuple);
    table_close(catalog, AccessShareLock);
    return {object.classId, copy, attribute, owner_oid};
}

int members_of(std::optional<Datum> acl, Oid **members) {
    *members = nullptr;
    return acl ? aclmembers(DatumGetAclPCopy(*acl), members) : 0;
}

} // namespace

void set_acl(const ObjectAddress &object, const char *acl) {
    AclColumn column = acl_column(object);
    if (!HeapTupleIsValid(column.tuple)) elog(ERROR, "cache lookup failed for object %u", object.objectId);
    ::Relation catalog = table_open(column.catalog, RowExclusiveLock);
    const TupleDesc descriptor = RelationGetDescr(catalog);
    std::optional<Datum> value;
    if (acl) value = OidInputFunctionCall(F_ARRAY_IN, const_cast<char *>(acl), ACLITEMOID, -1);
    Oid *old_members;
    Oid *new_members;
    const int old_count = members_of(pg::column(column.tuple, descriptor, column.attribute), &old_members);
    const int new_count = members_of(value, &new_members);

    int position = column.attribute;
    Datum values = value.value_or(Datum{0});
    bool nulls = !value.has_value();
    HeapTuple changed = heap_modify_tuple_by_cols(column.tuple, descriptor, 1, &position, &values, &nulls);
    CatalogTupleUpdate(catalog, &column.tuple->t_self, changed);
    updateAclDependencies(object.classId, object.objectId, object.objectSubId, column.owner, old_count, old_members,
                          new_count, new_members);
    table_close(catalog, RowExclusiveLock);
    CommandCounterIncrement();
}

} // namespace cedro::ddl
