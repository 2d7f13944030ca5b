// Backends of the whole cluster, named by global pids.
#include "cluster/node.hpp"
#include "pg/catalog.hpp"
#include "pg/function.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/session.hpp"

namespace cedro::api {
namespace {

constexpr int64 kNodeFactor = INT64CONST(10000000000);

/// Calls a function of PostgreSQL's own where the backend is, with the current
/// role's rights. `local` calls it here.
bool signal_backend(int64 gpid, const char *call, pg::FunctionRef<Datum(Datum)> local) {
    const auto node_id = static_cast<int32>(gpid / kNodeFactor);
    const auto pid = static_cast<int32>(gpid % kNodeFactor);
    const bool is_here = node_id == 0 || cluster::is_local(cluster::node(node_id));
    if (is_here) return DatumGetBool(local(Int32GetDatum(pid)));
    const PGresult *result =
        transaction::run(transaction::session(node_id), {psprintf(call, pid), {}, GetUserId(), false});
    return PQgetvalue(result, 0, 0)[0] == 't';
}

} // namespace

PG_SQL_FUNCTION(citus_backend_gpid) { PG_RETURN_INT64(transaction::backend_gpid()); }

PG_SQL_FUNCTION(citus_cancel_backend) {
    PG_RETURN_BOOL(signal_backend(PG_GETARG_INT64(0), "SELECT pg_catalog.pg_cancel_backend(%d)",
                                  [](Datum pid) { return OidFunctionCall1(F_PG_CANCEL_BACKEND, pid); }));
}

PG_SQL_FUNCTION(citus_terminate_backend) {
    Datum timeout = PG_GETARG_DATUM(1);
    const char *call = psprintf("SELECT pg_catalog.pg_terminate_backend(%%d, " INT64_FORMAT ")", PG_GETARG_INT64(1));
    PG_RETURN_BOOL(signal_backend(PG_GETARG_INT64(0), call,
                                  [&](Datum pid) { return OidFunctionCall2(F_PG_TERMINATE_BACKEND, pid, timeout); }));
}

} // namespace cedro::api
