// Gives tables to the cluster.
#include "convert/distribute.hpp"
#include "pg/function.hpp"

namespace cedro::api {
namespace {

void require(FunctionCallInfo fcinfo, int argument, const char *name) {
    if (PG_ARGISNULL(argument))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s cannot be NULL", name)));
}

const char *text_argument(FunctionCallInfo fcinfo, int argument) {
    return PG_ARGISNULL(argument) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(argument));
}

std::optional<int> int_argument(FunctionCallInfo fcinfo, int argument) {
    return PG_ARGISNULL(argument) ? std::nullopt : std::optional<int>(PG_GETARG_INT32(argument));
}

void require_hash(Oid distribution_type) {
    const char *label = DatumGetCString(DirectFunctionCall1(enum_out, ObjectIdGetDatum(distribution_type)));
    if (strcmp(label, "hash") != 0)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("tables cannot be distributed by %s", label),
                        errhint("Distribute the table by hash.")));
}

} // namespace

PG_SQL_FUNCTION(create_distributed_table) {
    require(fcinfo, 0, "table_name");
    require(fcinfo, 2, "distribution_type");
    require(fcinfo, 3, "colocate_with");
    require_hash(PG_GETARG_OID(2));
    convert::distribute({PG_GETARG_OID(0), text_argument(fcinfo, 1), text_argument(fcinfo, 3), int_argument(fcinfo, 4),
                         int_argument(fcinfo, 5)});
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(create_reference_table) {
    convert::make_reference(PG_GETARG_OID(0));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_add_local_table_to_metadata) {
    convert::add_local(PG_GETARG_OID(0), PG_GETARG_BOOL(1));
    PG_RETURN_VOID();
}

} // namespace cedro::api
