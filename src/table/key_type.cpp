#include "table/key_type.hpp"

#include "catalog/relation.hpp"
#include "pg/catalog.hpp"
#include "pg/text.hpp"

namespace cedro::table {

namespace {

constexpr Oid kObjectNames[] = {REGPROCOID, REGPROCEDUREOID, REGOPEROID,      REGOPERATOROID, REGCLASSOID,     REGTYPEOID,
                                REGROLEOID, REGNAMESPACEOID, REGCOLLATIONOID, REGCONFIGOID,   REGDICTIONARYOID};

bool any_column(Oid composite, pg::FunctionRef<bool(Oid)> holds) {
    TupleDesc columns = lookup_rowtype_tupdesc(composite, -1);
    bool found = false;
    for (int i = 0; i < columns->natts && !found; i++)
        if (!TupleDescAttr(columns, i)->attisdropped) found = holds(TupleDescAttr(columns, i)->atttypid);
    ReleaseTupleDesc(columns);
    return found;
}

bool depends(Oid type, bool is_inside) {
    type = getBaseType(type);
    if (std::ranges::find(kObjectNames, type) != std::end(kObjectNames)) return true;
    if (type_is_enum(type)) return is_inside;
    if (Oid element = get_element_type(type); OidIsValid(element)) return depends(element, true);
    if (Oid bound = get_range_subtype(type); OidIsValid(bound)) return depends(bound, true);
    if (Oid range = get_multirange_range(type); OidIsValid(range)) return depends(range, true);
    if (type_is_rowtype(type) && type != RECORDOID)
        return any_column(type, [](Oid column) { return depends(column, true); });
    return false;
}

} // namespace

std::optional<KeyFamily> key_family(Oid type, Oid collation) {
    const Oid base = getBaseType(type);
    TypeCacheEntry *entry = lookup_type_cache(base, TYPECACHE_HASH_OPFAMILY);
    if (!OidIsValid(entry->hash_opf)) return std::nullopt;
    const Oid input = get_opclass_input_type(GetDefaultOpClass(base, HASH_AM_OID));
    return KeyFamily{entry->hash_opf, IsPolymorphicType(input) || input == RECORDOID ? base : InvalidOid, collation};
}

Oid key_hash_function(Oid type) {
    const Oid base = getBaseType(type);
    if (type_is_enum(base)) {
        const Oid arguments[] = {ANYENUMOID};
        List *name = list_make2(makeString(pstrdup("citus_internal")), makeString(pstrdup("hash_enum")));
        return LookupFuncName(name, 1, arguments, false);
    }
    return lookup_type_cache(base, TYPECACHE_HASH_PROC)->hash_proc;
}

bool is_node_dependent(Oid type) { return depends(type, false); }

} // namespace cedro::table
