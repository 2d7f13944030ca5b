#include "executor/parameters.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/text.hpp"

namespace cedro::executor {

pg::Vector<transaction::Parameter> parameters_of(const List *values) {
    pg::Vector<transaction::Parameter> parameters;
    for (const Const *value : pg::ListOf<const Const>(values)) {
        if (value->constisnull) {
            parameters.push({value->consttype, nullptr});
            continue;
        }
        Oid function;
        bool is_varlena;
        getTypeBinaryOutputInfo(value->consttype, &function, &is_varlena);
        const bytea *bytes = OidSendFunctionCall(function, value->constvalue);
        parameters.push({value->consttype, VARDATA(bytes), static_cast<int>(VARSIZE(bytes) - VARHDRSZ)});
    }
    return parameters;
}

uint64 shape_of(TupleDesc type) {
    uint64 shape = 0;
    for (int i = 0; type && i < type->natts; i++) {
        const Form_pg_attribute column = TupleDescAttr(type, i);
        shape =
            hash_combine64(shape, static_cast<uint64>(column->atttypid) << 32 | static_cast<uint32>(column->atttypmod));
    }
    return shape;
}

} // namespace cedro::executor
