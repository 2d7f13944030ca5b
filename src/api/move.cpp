// Placements are copied and moved on demand.
#include "cluster/node.hpp"
#include "move/leftover.hpp"
#include "move/placement.hpp"
#include "move/reference.hpp"
#include "pg/catalog.hpp"
#include "pg/function.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/gate.hpp"

namespace cedro::api {
namespace {

move::TransferMode transfer_mode(FunctionCallInfo fcinfo, int argument) {
    const char *label = DatumGetCString(DirectFunctionCall1(enum_out, PG_GETARG_DATUM(argument)));
    if (strcmp(label, "force_logical") == 0) return move::TransferMode::ForceLogical;
    if (strcmp(label, "block_writes") == 0) return move::TransferMode::BlockWrites;
    return move::TransferMode::Auto;
}

int32 group_at(FunctionCallInfo fcinfo, int argument) {
    const char *host = text_to_cstring(PG_GETARG_TEXT_PP(argument));
    const int32 port = PG_GETARG_INT32(argument + 1);
    if (const cluster::Node *node = cluster::find(host, port)) return node->group;
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("node %s:%d does not exist", host, port),
                    errhint("SELECT * FROM pg_dist_node shows the nodes of the cluster.")));
}

/// Source and target as host and port, from argument 1 on.
move::Transfer by_address(FunctionCallInfo fcinfo) { return {group_at(fcinfo, 1), group_at(fcinfo, 3)}; }

/// Source and target as node ids, arguments 1 and 2.
move::Transfer by_id(FunctionCallInfo fcinfo) {
    return {cluster::node(PG_GETARG_INT32(1)).group, cluster::node(PG_GETARG_INT32(2)).group};
}

} // namespace

PG_SQL_FUNCTION(citus_move_shard_placement) {
    move::move_shard(PG_GETARG_INT64(0), by_address(fcinfo), transfer_mode(fcinfo, 5));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_move_shard_placement_with_nodeid) {
    move::move_shard(PG_GETARG_INT64(0), by_id(fcinfo), transfer_mode(fcinfo, 3));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_copy_shard_placement) {
    move::copy_shard(PG_GETARG_INT64(0), by_address(fcinfo), transfer_mode(fcinfo, 5));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_copy_shard_placement_with_nodeid) {
    move::copy_shard(PG_GETARG_INT64(0), by_id(fcinfo), transfer_mode(fcinfo, 3));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(master_copy_shard_placement) {
    move::repair_shard(PG_GETARG_INT64(0), by_address(fcinfo), transfer_mode(fcinfo, 6), PG_GETARG_BOOL(5));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(replicate_reference_tables) {
    move::require_supported(transfer_mode(fcinfo, 0));
    move::replicate_reference_tables();
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_cleanup_orphaned_resources) {
    cluster::require_coordinator("citus_cleanup_orphaned_resources");
    transaction::lock_metadata();
    if (const int dropped = move::clean_up(); dropped > 0)
        ereport(NOTICE, (errmsg("cleaned up %d orphaned resources", dropped)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(block_writes) {
    if (!transaction::is_applying() && !superuser())
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("only the nodes of the cluster may keep writers away from a shard group")));
    transaction::close_gate(PG_GETARG_INT32(0), PG_GETARG_INT32(1));
    PG_RETURN_VOID();
}

} // namespace cedro::api
