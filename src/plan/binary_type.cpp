#include "plan/binary_type.hpp"

#include "pg/catalog.hpp"

namespace cedro::plan {

namespace {

bool is_binary_type(Oid type) {
    switch (getBaseType(type)) {
    case REGCLASSOID:
    case REGTYPEOID:
    case REGPROCOID:
    case REGPROCEDUREOID:
    case REGOPEROID:
    case REGOPERATOROID:
    case REGCONFIGOID:
    case REGDICTIONARYOID:
    case REGROLEOID:
    case REGNAMESPACEOID:
    case REGCOLLATIONOID:
    case ACLITEMOID:
    case RECORDOID:
    case RECORDARRAYOID: return false;
    default: break;
    }
    HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(getBaseType(type)));
    if (!HeapTupleIsValid(tuple)) return false;
    const auto *row = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
    const bool has_functions = OidIsValid(row->typsend) && OidIsValid(row->typreceive);
    const Oid element = row->typelem;
    const Oid relation = row->typrelid;
    const char kind = row->typtype;
    ReleaseSysCache(tuple);
    if (!has_functions || kind == TYPTYPE_PSEUDO) return false;
    if (kind == TYPTYPE_RANGE || kind == TYPTYPE_MULTIRANGE)
        return kind == TYPTYPE_RANGE ? is_binary_type(get_range_subtype(type))
                                     : is_binary_type(get_multirange_range(type));
    if (OidIsValid(relation)) {
        TupleDesc columns = lookup_rowtype_tupdesc(getBaseType(type), -1);
        const bool result = travels_in_binary(columns);
        ReleaseTupleDesc(columns);
        return result;
    }
    return !OidIsValid(element) || is_binary_type(element);
}

} // namespace

bool travels_in_binary(TupleDesc type) {
    for (int i = 0; i < type->natts; i++) {
        const Form_pg_attribute column = TupleDescAttr(type, i);
        if (!column->attisdropped && !is_binary_type(column->atttypid)) return false;
    }
    return true;
}

} // namespace cedro::plan
