// Functions that register nodes, activate, disable, move and remove them.
#include "pg/function.hpp"
#include "sync/health.hpp"
#include "sync/registration.hpp"

namespace cedro::api {
namespace {

const char *role_label(Datum role) { return DatumGetCString(DirectFunctionCall1(enum_out, role)); }

/// nodename, nodeport, groupid, noderole, nodecluster.
sync::NodeRequest request_of(FunctionCallInfo fcinfo) {
    return {text_to_cstring(PG_GETARG_TEXT_PP(0)), PG_GETARG_INT32(1),          PG_GETARG_INT32(2),
            role_label(PG_GETARG_DATUM(3)),        NameStr(*PG_GETARG_NAME(4)), false};
}

const char *host_of(FunctionCallInfo fcinfo) { return text_to_cstring(PG_GETARG_TEXT_PP(0)); }

} // namespace

PG_SQL_FUNCTION(citus_set_coordinator_host) {
    sync::set_coordinator({host_of(fcinfo), PG_GETARG_INT32(1), cluster::kCoordinatorGroup,
                           role_label(PG_GETARG_DATUM(2)), NameStr(*PG_GETARG_NAME(3)), false});
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_add_node) { PG_RETURN_INT32(sync::add_node(request_of(fcinfo), "citus_add_node")); }

PG_SQL_FUNCTION(citus_add_inactive_node) {
    sync::NodeRequest request = request_of(fcinfo);
    request.is_inactive = true;
    PG_RETURN_INT32(sync::add_node(request, "citus_add_inactive_node"));
}

PG_SQL_FUNCTION(citus_add_secondary_node) {
    const sync::NodeRequest request{host_of(fcinfo), PG_GETARG_INT32(1),          -1,
                                    "secondary",     NameStr(*PG_GETARG_NAME(4)), false};
    PG_RETURN_INT32(sync::add_secondary(request, text_to_cstring(PG_GETARG_TEXT_PP(2)), PG_GETARG_INT32(3)));
}

PG_SQL_FUNCTION(citus_activate_node) { PG_RETURN_INT32(sync::activate_node(host_of(fcinfo), PG_GETARG_INT32(1))); }

PG_SQL_FUNCTION(citus_disable_node) {
    sync::disable_node(host_of(fcinfo), PG_GETARG_INT32(1));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_remove_node) {
    sync::remove_node(host_of(fcinfo), PG_GETARG_INT32(1));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_update_node) {
    sync::update_node({PG_GETARG_INT32(0), text_to_cstring(PG_GETARG_TEXT_PP(1)), PG_GETARG_INT32(2), PG_GETARG_BOOL(3),
                       PG_GETARG_INT32(4)});
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_pause_node_within_txn) {
    sync::pause_node(PG_GETARG_INT32(0), PG_GETARG_BOOL(1), PG_GETARG_INT32(2));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_set_node_property) {
    sync::set_property(host_of(fcinfo), PG_GETARG_INT32(1), text_to_cstring(PG_GETARG_TEXT_PP(2)), PG_GETARG_BOOL(3));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_check_connection_to_node) {
    PG_RETURN_BOOL(sync::can_connect(host_of(fcinfo), PG_GETARG_INT32(1)));
}

PG_SQL_FUNCTION(citus_check_cluster_node_health) {
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    for (const sync::Reach &reach : sync::check_health()) {
        Datum values[] = {CStringGetTextDatum(reach.from.host), Int32GetDatum(reach.from.port),
                          CStringGetTextDatum(reach.to.host), Int32GetDatum(reach.to.port),
                          BoolGetDatum(reach.is_reached.value_or(false))};
        bool nulls[] = {false, false, false, false, !reach.is_reached};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
    return Datum{0};
}

PG_SQL_FUNCTION(citus_get_active_worker_nodes) {
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    for (const cluster::Node &node : cluster::active_primaries()) {
        if (node.is_coordinator()) continue;
        Datum values[] = {CStringGetTextDatum(node.host), Int64GetDatum(node.port)};
        bool nulls[] = {false, false};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
    return Datum{0};
}

} // namespace cedro::api
