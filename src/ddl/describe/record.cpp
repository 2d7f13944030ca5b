// Rows of pg_dist_object: which objects the cluster keeps equal on all nodes.
#include "catalog/relation.hpp"
#include "ddl/describe/make.hpp"
#include "table/table.hpp"

namespace cedro::ddl {

namespace {

enum Column : AttrNumber { kClass = 1, kObject, kSubObject, kType, kNames, kArguments, kColumns = 9 };

} // namespace

bool is_recorded(const ObjectAddress &object) {
    bool is_found = false;
    pg::each_row(catalog::oid_of(catalog::Relation::Object),
                 get_relname_relid("pg_dist_object_pkey", PG_CATALOG_NAMESPACE),
                 {{kClass, F_OIDEQ, ObjectIdGetDatum(object.classId)},
                  {kObject, F_OIDEQ, ObjectIdGetDatum(object.objectId)},
                  {kSubObject, F_INT4EQ, Int32GetDatum(object.objectSubId)}},
                 [&](HeapTuple, TupleDesc) { is_found = true; });
    return is_found;
}

bool is_shared(const ObjectAddress &object) {
    if (object.classId == RelationRelationId) {
        const char kind = get_rel_relkind(object.objectId);
        if (kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE) return table::is_shell(object.objectId);
    }
    return is_recorded(object);
}

void record(const ObjectAddress &object) {
    if (is_recorded(object)) return;
    ::Relation catalog = table_open(catalog::oid_of(catalog::Relation::Object), RowExclusiveLock);
    Datum values[kColumns] = {ObjectIdGetDatum(object.classId), ObjectIdGetDatum(object.objectId),
                              Int32GetDatum(object.objectSubId)};
    bool nulls[kColumns] = {false, false, false, true, true, true, true, true, true};
    CatalogTupleInsert(catalog, heap_form_tuple(RelationGetDescr(catalog), values, nulls));
    table_close(catalog, NoLock);
    CommandCounterIncrement();
}

void unrecord(const ObjectAddress &object) {
    ::Relation catalog = table_open(catalog::oid_of(catalog::Relation::Object), RowExclusiveLock);
    pg::each_row(
        RelationGetRelid(catalog), get_relname_relid("pg_dist_object_pkey", PG_CATALOG_NAMESPACE),
        {{kClass, F_OIDEQ, ObjectIdGetDatum(object.classId)}, {kObject, F_OIDEQ, ObjectIdGetDatum(object.objectId)}},
        [&](HeapTuple tuple, TupleDesc) { CatalogTupleDelete(catalog, &tuple->t_self); });
    table_close(catalog, NoLock);
    CommandCounterIncrement();
}

} // namespace cedro::ddl
