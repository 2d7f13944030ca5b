#include "catalog/relation.hpp"

#include "pg/catalog.hpp"
#include "pg/storage.hpp"

namespace cedro::catalog {

namespace {

struct Place {
    const char *schema;
    const char *name;
};

constexpr Place kPlaces[] = {
    {"pg_catalog", "pg_dist_partition"},   {"pg_catalog", "pg_dist_shard"},
    {"pg_catalog", "pg_dist_placement"},   {"pg_catalog", "pg_dist_node"},
    {"pg_catalog", "pg_dist_local_group"}, {"pg_catalog", "pg_dist_colocation"},
    {"pg_catalog", "pg_dist_object"},      {"citus_internal", "table_option"},
    {"citus_internal", "global_key"},      {"pg_catalog", "pg_dist_transaction"},
    {"pg_catalog", "pg_dist_authinfo"},    {"pg_catalog", "pg_dist_poolinfo"},
    {"pg_catalog", "pg_dist_cleanup"},     {"pg_catalog", "pg_dist_rebalance_strategy"},
};
static_assert(std::size(kPlaces) == static_cast<size_t>(Relation::Count));

constinit Oid extension = InvalidOid;
constinit Oid oids[static_cast<size_t>(Relation::Count)] = {};
constinit bool is_known = false;
constinit bool is_watching = false;

Oid find(Relation relation) {
    const Place &place = kPlaces[static_cast<size_t>(relation)];
    const Oid schema = get_namespace_oid(place.schema, true);
    return OidIsValid(schema) ? get_relname_relid(place.name, schema) : InvalidOid;
}

bool is_being_created() { return creating_extension && CurrentExtensionObject == extension; }

void forget(Datum, Oid relid) {
    if (relid == InvalidOid) is_known = false;
    for (Oid each : oids)
        if (each == relid) is_known = false;
}

// Changes of pg_extension invalidate nothing that could be watched, so only a
// positive answer is remembered, and with it the oid of one catalog: when the
// extension goes, or its creation is rolled back, that relation is invalidated.
void look() {
    if (is_known) return;
    if (!is_watching) {
        CacheRegisterRelcacheCallback(forget, 0);
        is_watching = true;
    }
    extension = get_extension_oid("citus", true);
    std::fill(std::begin(oids), std::end(oids), InvalidOid);
    if (!OidIsValid(extension) || is_being_created()) return;
    const Oid watched = find(Relation::Partition);
    oids[static_cast<size_t>(Relation::Partition)] = watched;
    is_known = OidIsValid(watched);
}

} // namespace

bool is_extension_ready() {
    if (!IsTransactionState() || !IsNormalProcessingMode()) return false;
    look();
    return is_known && !is_being_created();
}

Oid oid_of(Relation relation) {
    look();
    const auto index = static_cast<size_t>(relation);
    if (!OidIsValid(oids[index])) {
        oids[index] = find(relation);
        if (!OidIsValid(oids[index]))
            ereport(ERROR,
                    (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                     errmsg("extension \"citus\" is not installed in database \"%s\"", get_database_name(MyDatabaseId)),
                     errhint("Run CREATE EXTENSION citus.")));
    }
    return oids[index];
}

Oid owner() {
    look();
    if (!OidIsValid(extension)) return BOOTSTRAP_SUPERUSERID;
    Oid result = InvalidOid;
    ::Relation catalog = table_open(ExtensionRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(extension));
    SysScanDesc rows = systable_beginscan(catalog, ExtensionOidIndexId, true, nullptr, 1, &key);
    if (HeapTuple tuple = systable_getnext(rows); HeapTupleIsValid(tuple))
        result = reinterpret_cast<Form_pg_extension>(GETSTRUCT(tuple))->extowner;
    systable_endscan(rows);
    table_close(catalog, AccessShareLock);
    return OidIsValid(result) ? result : Oid{BOOTSTRAP_SUPERUSERID};
}

void scan(Relation relation, AttrNumber attribute, RegProcedure equals, Datum value, const char *index,
          pg::FunctionRef<void(HeapTuple, TupleDesc)> row) {
    ::Relation catalog = table_open(oid_of(relation), AccessShareLock);
    Oid index_oid = index ? get_relname_relid(index, RelationGetNamespace(catalog)) : InvalidOid;
    ScanKeyData key;
    const int key_count = attribute != 0 ? 1 : 0;
    if (key_count) ScanKeyInit(&key, attribute, BTEqualStrategyNumber, equals, value);
    SysScanDesc rows = systable_beginscan(catalog, index_oid, OidIsValid(index_oid), nullptr, key_count, &key);
    while (HeapTuple tuple = systable_getnext(rows)) row(tuple, RelationGetDescr(catalog));
    systable_endscan(rows);
    table_close(catalog, AccessShareLock);
}

bool is_never_filled(Relation relation) {
    ::Relation catalog = table_open(oid_of(relation), AccessShareLock);
    const bool is_empty = RelationGetNumberOfBlocks(catalog) == 0;
    table_close(catalog, AccessShareLock);
    return is_empty;
}

Datum column(HeapTuple tuple, TupleDesc descriptor, AttrNumber attribute, bool *is_null) {
    bool null = false;
    Datum value = heap_getattr(tuple, attribute, descriptor, &null);
    if (is_null) *is_null = null;
    return value;
}

} // namespace cedro::catalog
