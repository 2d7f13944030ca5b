// Background jobs for SQL.
#include "move/placement.hpp"
#include "pg/catalog.hpp"
#include "pg/function.hpp"
#include "pg/privilege.hpp"
#include "pg/spi.hpp"
#include "rebalance/background.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::api {
namespace {

/// Raises unless the current role may end the tasks of a job, as it might cancel their backends.
void require_right_to_cancel(int64 job) {
    pg::with_spi([&] {
        bool exists = false;
        pg::rows("SELECT DISTINCT owner::oid FROM pg_catalog.pg_dist_background_task WHERE job_id = $1", {pg::arg(job)},
                 [&](HeapTuple tuple, TupleDesc type) {
                     exists = true;
                     const Oid owner = DatumGetObjectId(pg::field(tuple, type, 1));
                     if (has_privs_of_role(GetUserId(), owner)) return;
                     ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                                     errmsg("must be a member of role \"%s\" to cancel background job " INT64_FORMAT,
                                            GetUserNameFromId(owner, true), job)));
                 });
        if (!exists)
            ereport(ERROR,
                    (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("there is no background job " INT64_FORMAT, job)));
    });
}

} // namespace

PG_SQL_FUNCTION(citus_job_cancel) {
    const int64 job = PG_GETARG_INT64(0);
    require_right_to_cancel(job);
    const char *const commands[] = {psprintf("SELECT citus_internal.cancel_job(" INT64_FORMAT ")", job)};
    transaction::run_here(commands);
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_rebalance_start) {
    const char *mode = PG_ARGISNULL(2) ? "auto" : DatumGetCString(DirectFunctionCall1(enum_out, PG_GETARG_DATUM(2)));
    // Else each task would fail, again and again.
    if (strcmp(mode, "force_logical") == 0) move::require_supported(move::TransferMode::ForceLogical);
    const std::optional<int64> job = rebalance::start_in_background(
        {PG_ARGISNULL(0) ? nullptr : NameStr(*PG_GETARG_NAME(0)), !PG_ARGISNULL(1) && PG_GETARG_BOOL(1), mode,
         !PG_ARGISNULL(4) && PG_GETARG_BOOL(4)});
    if (!job) PG_RETURN_NULL();
    PG_RETURN_INT64(*job);
}

} // namespace cedro::api
