// What all nodes do, for SQL; the views are made of it in sql/.
#include "monitor/activity.hpp"
#include "pg/object.hpp"
#include "pg/function.hpp"

namespace cedro::api {

PG_SQL_FUNCTION(rows_of_other_nodes) {
    const Oid relid = typeOrDomainTypeRelid(get_fn_expr_argtype(fcinfo->flinfo, 0));
    if (!OidIsValid(relid))
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("the argument is not of the row type of a view")));
    InitMaterializedSRF(fcinfo, 0);
    monitor::put_rows_of_other_nodes(relid, castNode(ReturnSetInfo, fcinfo->resultinfo));
    return Datum{0};
}

} // namespace cedro::api
