#include "pg/domain.hpp"

#include "pg/catalog.hpp"

namespace cedro::pg {

namespace {

bool is_or_has_domain(Oid type) { return get_typtype(type) == TYPTYPE_DOMAIN || has_domain_within(type); }

bool has_domain_in_columns(Oid type) {
    TupleDesc columns = lookup_rowtype_tupdesc_copy(type, -1);
    for (int i = 0; i < columns->natts; i++) {
        const FormData_pg_attribute *column = TupleDescAttr(columns, i);
        if (!column->attisdropped && is_or_has_domain(column->atttypid)) return true;
    }
    return false;
}

} // namespace

bool has_domain_within(Oid given) {
    const Oid type = getBaseType(given);
    if (const Oid element = get_element_type(type); OidIsValid(element)) return is_or_has_domain(element);
    switch (get_typtype(type)) {
    case TYPTYPE_RANGE: return is_or_has_domain(get_range_subtype(type));
    case TYPTYPE_MULTIRANGE: return has_domain_within(get_multirange_range(type));
    case TYPTYPE_COMPOSITE: return has_domain_in_columns(type);
    default: return false;
    }
}

Oid owner_of_type(Oid given) {
    Oid type = getBaseType(given);
    if (const Oid element = get_element_type(type); OidIsValid(element)) type = element;
    HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
    if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for type %u", type);
    const Oid owner = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple))->typowner;
    ReleaseSysCache(tuple);
    return owner;
}

} // namespace cedro::pg
