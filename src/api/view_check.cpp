// What the plans of writes through views call.
#include "pg/function.hpp"
#include "pg/text.hpp"

PG_SQL_FUNCTION(citus_internal_check_option) {
    if (!PG_ARGISNULL(0) && PG_GETARG_BOOL(0)) PG_RETURN_BOOL(true);
    const char *view = PG_ARGISNULL(1) ? "?" : text_to_cstring(PG_GETARG_TEXT_PP(1));
    ereport(ERROR, (errcode(ERRCODE_WITH_CHECK_OPTION_VIOLATION),
                    errmsg("new row violates check option for view \"%s\"", view)));
}
