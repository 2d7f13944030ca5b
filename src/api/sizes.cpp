// Sizes of tables and shards for SQL.
#include "monitor/sizes.hpp"
#include "catalog/settings.hpp"
#include "pg/array.hpp"
#include "pg/function.hpp"
#include "pg/text.hpp"
#include "table/table.hpp"

namespace cedro::api {
namespace {

/// Returns sizes as rows (shard, bytes) of a function that returns a set.
template <typename ToDatum>
void return_sizes(FunctionCallInfo fcinfo, const pg::Vector<monitor::ShardSize> &sizes, ToDatum &&shard_datum) {
    InitMaterializedSRF(fcinfo, 0);
    auto *result = castNode(ReturnSetInfo, fcinfo->resultinfo);
    for (const monitor::ShardSize &size : sizes) {
        Datum values[] = {shard_datum(size.shard), Int64GetDatum(size.bytes)};
        bool nulls[] = {false, false};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
}

Datum size_of(FunctionCallInfo fcinfo, monitor::Extent extent) {
    return Int64GetDatum(*monitor::bytes(PG_GETARG_OID(0), extent, false));
}

} // namespace

PG_SQL_FUNCTION(local_relation_size) {
    monitor::Extent extent = monitor::extent_of(text_to_cstring(PG_GETARG_TEXT_PP(1)));
    PG_RETURN_INT64(monitor::local_bytes(PG_GETARG_OID(0), extent));
}

PG_SQL_FUNCTION(local_shard_sizes) {
    std::optional<std::span<const int64>> wanted;
    if (!PG_ARGISNULL(0)) {
        ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
        if (array_contains_nulls(array) || ARR_NDIM(array) > 1)
            ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the shards are not a list of ids")));
        auto *ids = static_cast<const int64 *>(static_cast<const void *>(ARR_DATA_PTR(array)));
        wanted = std::span(ids, static_cast<size_t>(ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array))));
    }
    return_sizes(fcinfo, monitor::local_shard_sizes(wanted), [](int64 shard) { return Int64GetDatum(shard); });
    return Datum(0);
}

PG_SQL_FUNCTION(citus_shard_sizes) {
    return_sizes(fcinfo, monitor::shard_sizes(), [](int64 shard) {
        // The column is an integer in Citus.
        if (shard > PG_INT32_MAX)
            ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("integer out of range")));
        return Int32GetDatum(static_cast<int32>(shard));
    });
    return Datum(0);
}

PG_SQL_FUNCTION(citus_relation_size) { return size_of(fcinfo, monitor::Extent::Relation); }

PG_SQL_FUNCTION(citus_table_size) { return size_of(fcinfo, monitor::Extent::Table); }

PG_SQL_FUNCTION(citus_total_relation_size) {
    std::optional<int64> bytes = monitor::bytes(PG_GETARG_OID(0), monitor::Extent::Total, !PG_GETARG_BOOL(1));
    if (!bytes) PG_RETURN_NULL();
    PG_RETURN_INT64(*bytes);
}

PG_SQL_FUNCTION(citus_shard_cost_by_disk_size) {
    int64 bytes = monitor::shard_group_bytes(PG_GETARG_INT64(0));
    PG_RETURN_FLOAT4(static_cast<float4>(bytes + setting::rebalancer_by_disk_size_base_cost));
}

PG_SQL_FUNCTION(citus_local_disk_space_stats) {
    monitor::DiskSpace space = monitor::local_disk_space();
    TupleDesc type;
    if (get_call_result_type(fcinfo, nullptr, &type) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    Datum values[] = {Int64GetDatum(space.available), Int64GetDatum(space.total)};
    bool nulls[] = {false, false};
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(type), values, nulls));
}

PG_SQL_FUNCTION(shard_name) {
    Oid relid = PG_GETARG_OID(0);
    int64 shard = PG_GETARG_INT64(1);
    const char *relation = get_rel_name(relid);
    if (relation == nullptr) PG_RETURN_NULL();
    if (shard <= 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("shard_id must be greater than 0")));
    const char *name = table::shard_name(relation, shard);
    const char *schema = get_namespace_name(get_rel_namespace(relid));
    bool is_qualified = !PG_GETARG_BOOL(2) || strcmp(schema, "public") != 0;
    PG_RETURN_TEXT_P(cstring_to_text(quote_qualified_identifier(is_qualified ? schema : nullptr, name)));
}

} // namespace cedro::api
