#include "catalog/version.hpp"

#include "pg/catalog.hpp"

namespace cedro::catalog {

const char *installed_version() {
    const char *version = "";
    Relation extensions = table_open(ExtensionRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum("citus"));
    SysScanDesc rows = systable_beginscan(extensions, ExtensionNameIndexId, true, nullptr, 1, &key);
    if (HeapTuple tuple = systable_getnext(rows); HeapTupleIsValid(tuple)) {
        bool null = false;
        Datum value = heap_getattr(tuple, Anum_pg_extension_extversion, RelationGetDescr(extensions), &null);
        if (!null) version = TextDatumGetCString(value);
    }
    systable_endscan(rows);
    table_close(extensions, AccessShareLock);
    return version;
}

} // namespace cedro::catalog
