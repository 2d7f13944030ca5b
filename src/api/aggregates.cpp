// Aggregates computed in parts.
#include "executor/aggregate_state.hpp"
#include "pg/catalog.hpp"
#include "pg/function.hpp"

namespace cedro::api {

PG_SQL_FUNCTION(partial_aggregate) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("the state of an aggregate is only to be had in a task of a distributed statement")));
}

PG_SQL_FUNCTION(aggregate_state) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    const Oid type = get_fn_expr_argtype(fcinfo->flinfo, 0);
    if (type == BYTEAOID) PG_RETURN_DATUM(PG_GETARG_DATUM(0));
    Oid function;
    bool is_varlena;
    getTypeBinaryOutputInfo(getBaseType(type), &function, &is_varlena);
    PG_RETURN_BYTEA_P(OidSendFunctionCall(function, PG_GETARG_DATUM(0)));
}

PG_SQL_FUNCTION(combine_state) { return executor::combine_state(fcinfo); }

PG_SQL_FUNCTION(finish_state) { return executor::finish_state(fcinfo); }

} // namespace cedro::api
