#include "plan/task_text.hpp"

#include "pg/catalog.hpp"
#include "pg/guc.hpp"
#include "pg/list.hpp"
#include "plan/fragment.hpp"
#include "plan/sql_text.hpp"

namespace cedro::plan {

namespace {

bool can_all_be_parameters(const List *values) {
    for (const Const *value : pg::ListOf<const Const>(values))
        if (!can_be_parameter(value->consttype, value->constcollid)) return false;
    return true;
}

} // namespace

bool can_be_parameter(Oid type, Oid collation) {
    switch (type) {
    case BOOLOID:
    case INT2OID:
    case INT4OID:
    case INT8OID:
    case FLOAT4OID:
    case FLOAT8OID:
    case NUMERICOID:
    case UUIDOID:
    case DATEOID:
    case TIMEOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
    case INTERVALOID:
    case BYTEAOID:
    case JSONBOID:
    case INT4ARRAYOID:
    case INT8ARRAYOID: return true;
    case TEXTOID:
    case VARCHAROID:
    case BPCHAROID:
    case TEXTARRAYOID: return collation == DEFAULT_COLLATION_OID; // a parameter cannot carry another one
    default: return false;
    }
}

TaskText task_text(const Query *query, List *values, KeptText *kept, const void *owner) {
    if (!can_all_be_parameters(values)) {
        auto *node = reinterpret_cast<Node *>(const_cast<Query *>(query));
        return {sql_text(reinterpret_cast<Query *>(with_values(node, values))), NIL};
    }
    if (!kept->sql || kept->interval_style != IntervalStyle) {
        kept->sql = MemoryContextStrdup(GetMemoryChunkContext(const_cast<void *>(owner)), sql_text(query));
        kept->interval_style = IntervalStyle;
    }
    return {kept->sql, values};
}

} // namespace cedro::plan
