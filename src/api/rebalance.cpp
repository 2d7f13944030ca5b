// Evens out the shards over the nodes.
#include "cluster/node.hpp"
#include "monitor/sizes.hpp"
#include "move/placement.hpp"
#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/function.hpp"
#include "rebalance/progress.hpp"
#include "rebalance/rebalance.hpp"

namespace cedro::api {
namespace {

std::optional<double> number(FunctionCallInfo fcinfo, int argument) {
    if (PG_ARGISNULL(argument)) return std::nullopt;
    const auto value = static_cast<double>(PG_GETARG_FLOAT4(argument));
    if (value >= 0) return value;
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a threshold cannot be negative")));
}

std::span<const int64> shard_list(FunctionCallInfo fcinfo, int argument) {
    if (PG_ARGISNULL(argument)) return {};
    ArrayType *array = PG_GETARG_ARRAYTYPE_P(argument);
    if (ARR_HASNULL(array) || ARR_NDIM(array) > 1)
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("shard ids must be a list without nulls")));
    if (ARR_NDIM(array) == 0) return {};
    return {static_cast<const int64 *>(static_cast<const void *>(ARR_DATA_PTR(array))),
            static_cast<size_t>(ARR_DIMS(array)[0])};
}

const char *name_or_null(FunctionCallInfo fcinfo, int argument) {
    return PG_ARGISNULL(argument) ? nullptr : NameStr(*PG_GETARG_NAME(argument));
}

bool is_true(FunctionCallInfo fcinfo, int argument) { return !PG_ARGISNULL(argument) && PG_GETARG_BOOL(argument); }

/// What all functions have in common: relation, threshold, max_shard_moves and excluded_shard_list come first.
rebalance::Request request_of(FunctionCallInfo fcinfo) {
    return {PG_ARGISNULL(0) ? InvalidOid : PG_GETARG_OID(0),
            number(fcinfo, 1),
            std::nullopt,
            PG_ARGISNULL(2) ? INT_MAX : PG_GETARG_INT32(2),
            shard_list(fcinfo, 3),
            false,
            nullptr};
}

void require_transfer_mode(FunctionCallInfo fcinfo, int argument) {
    if (PG_ARGISNULL(argument)) return;
    const char *label = DatumGetCString(DirectFunctionCall1(enum_out, PG_GETARG_DATUM(argument)));
    move::require_supported(strcmp(label, "force_logical") == 0 ? move::TransferMode::ForceLogical
                                                                : move::TransferMode::BlockWrites);
}

/// Host and port of a group's primary, as two columns.
void put_address(Datum *values, bool *nulls, int32 group) {
    const cluster::Node *node = cluster::primary_of(group);
    nulls[0] = nulls[1] = node == nullptr;
    if (!node) return;
    values[0] = CStringGetTextDatum(node->host);
    values[1] = Int32GetDatum(node->port);
}

} // namespace

PG_SQL_FUNCTION(rebalance_table_shards) {
    require_transfer_mode(fcinfo, 4);
    rebalance::Request request = request_of(fcinfo);
    request.only_drain = is_true(fcinfo, 5);
    request.strategy = name_or_null(fcinfo, 6);
    rebalance::rebalance(request);
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(get_rebalance_table_shards_plan) {
    rebalance::Request request = request_of(fcinfo);
    request.only_drain = is_true(fcinfo, 4);
    request.strategy = name_or_null(fcinfo, 5);
    request.improvement = number(fcinfo, 6);
    const pg::Vector<rebalance::Move> moves = rebalance::plan(request);

    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    for (const rebalance::Move &move : moves) {
        Datum values[7] = {ObjectIdGetDatum(move.relid), Int64GetDatum(move.shard),
                           Int64GetDatum(monitor::shard_group_bytes(move.shard))};
        bool nulls[7] = {};
        put_address(values + 3, nulls + 3, move.from);
        put_address(values + 5, nulls + 5, move.to);
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
    return Datum{0};
}

PG_SQL_FUNCTION(get_rebalance_progress) {
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    for (const rebalance::ProgressLine &line : rebalance::progress()) {
        const Datum bytes = Int64GetDatum(monitor::shard_group_bytes(line.move.shard));
        const bool is_done = line.stage == rebalance::Stage::Done;
        const bool is_running = line.stage == rebalance::Stage::Running;
        Datum values[15] = {Int32GetDatum(line.pid), ObjectIdGetDatum(line.move.relid), Int64GetDatum(line.move.shard),
                            bytes};
        bool nulls[15] = {};
        put_address(values + 4, nulls + 4, line.move.from);
        put_address(values + 6, nulls + 6, line.move.to);
        values[8] = Int64GetDatum(static_cast<int64>(line.stage));
        // What is being copied cannot be seen before it commits.
        values[9] = is_done ? Int64GetDatum(0) : bytes;
        values[10] = is_done ? bytes : Int64GetDatum(0);
        values[11] = CStringGetTextDatum("move");
        nulls[12] = nulls[13] = true;
        values[14] = CStringGetTextDatum(is_done ? "Completed" : is_running ? "Copying Data" : "Not Started Yet");
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
    return Datum{0};
}

PG_SQL_FUNCTION(citus_drain_node) {
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("nodename and nodeport cannot be NULL")));
    require_transfer_mode(fcinfo, 2);
    rebalance::drain_node(text_to_cstring(PG_GETARG_TEXT_PP(0)), PG_GETARG_INT32(1), name_or_null(fcinfo, 3));
    PG_RETURN_VOID();
}

} // namespace cedro::api
