// Row triggers of the catalogs: they tell every backend which cached facts are
// stale. The message is PostgreSQL's own relation-cache invalidation, sent for
// the user's table and for the catalog itself, so it is transactional.
#include "pg/catalog.hpp"
#include "pg/function.hpp"
#include "pg/trigger.hpp"

namespace cedro::api {
namespace {

constexpr AttrNumber kPartitionRelation = 1; // pg_dist_partition.logicalrelid
constexpr AttrNumber kShardRelation = 1;     // pg_dist_shard.logicalrelid
constexpr AttrNumber kShardId = 2;           // pg_dist_shard.shardid
constexpr AttrNumber kPlacementShardId = 2;  // pg_dist_placement.shardid
constexpr AttrNumber kOptionRelation = 1;    // table_option.relid
constexpr AttrNumber kKeyRelation = 2;       // global_key.relid
constexpr AttrNumber kKeyStorage = 3;        // global_key.keyrelid

TriggerData *trigger_of(FunctionCallInfo fcinfo) {
    if (!CALLED_AS_TRIGGER(fcinfo))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("this function can only be called as a trigger")));
    return reinterpret_cast<TriggerData *>(fcinfo->context);
}

/// A dropped relation was invalidated by its drop.
void invalidate(Oid relation) {
    if (SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relation))) CacheInvalidateRelcacheByRelid(relation);
}

/// Calls visit with the value of a column in the old and in the new row.
template <typename Visit>
void each_value(TriggerData *trigger, AttrNumber column, Visit &&visit) {
    for (HeapTuple tuple : {trigger->tg_trigtuple, trigger->tg_newtuple}) {
        if (tuple == nullptr) continue;
        bool is_null;
        Datum value = heap_getattr(tuple, column, RelationGetDescr(trigger->tg_relation), &is_null);
        if (!is_null) visit(value);
    }
}

Datum invalidate_rows(FunctionCallInfo fcinfo, std::initializer_list<AttrNumber> columns) {
    TriggerData *trigger = trigger_of(fcinfo);
    if (TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
        for (AttrNumber column : columns)
            each_value(trigger, column, [](Datum value) { invalidate(DatumGetObjectId(value)); });
    CacheInvalidateRelcacheByRelid(RelationGetRelid(trigger->tg_relation));
    return PointerGetDatum(nullptr);
}

/// The table that owns a shard, or InvalidOid. A shard row of this same
/// command is not seen, but its own trigger does what is needed.
Oid table_of_shard(int64 shard) {
    Oid catalog = get_relname_relid("pg_dist_shard", PG_CATALOG_NAMESPACE);
    Oid index = get_relname_relid("pg_dist_shard_shardid_index", PG_CATALOG_NAMESPACE);
    if (!OidIsValid(catalog) || !OidIsValid(index)) return InvalidOid;

    Relation shards = table_open(catalog, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, kShardId, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(shard));
    SysScanDesc scan = systable_beginscan(shards, index, true, nullptr, 1, &key);
    Oid table = InvalidOid;
    if (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple)) {
        bool is_null;
        Datum value = heap_getattr(tuple, kShardRelation, RelationGetDescr(shards), &is_null);
        if (!is_null) table = DatumGetObjectId(value);
    }
    systable_endscan(scan);
    table_close(shards, AccessShareLock);
    return table;
}

} // namespace

PG_SQL_FUNCTION(citus_dist_partition_cache_invalidate) { return invalidate_rows(fcinfo, {kPartitionRelation}); }

PG_SQL_FUNCTION(citus_dist_shard_cache_invalidate) { return invalidate_rows(fcinfo, {kShardRelation}); }

PG_SQL_FUNCTION(citus_dist_placement_cache_invalidate) {
    TriggerData *trigger = trigger_of(fcinfo);
    each_value(trigger, kPlacementShardId, [](Datum value) {
        if (Oid table = table_of_shard(DatumGetInt64(value)); OidIsValid(table)) invalidate(table);
    });
    return invalidate_rows(fcinfo, {});
}

PG_SQL_FUNCTION(citus_dist_node_cache_invalidate) { return invalidate_rows(fcinfo, {}); }

PG_SQL_FUNCTION(citus_dist_local_group_cache_invalidate) { return invalidate_rows(fcinfo, {}); }

PG_SQL_FUNCTION(citus_dist_object_cache_invalidate) { return invalidate_rows(fcinfo, {}); }

PG_SQL_FUNCTION(citus_conninfo_cache_invalidate) { return invalidate_rows(fcinfo, {}); }

PG_SQL_FUNCTION(table_option_cache_invalidate) { return invalidate_rows(fcinfo, {kOptionRelation}); }

PG_SQL_FUNCTION(global_key_cache_invalidate) { return invalidate_rows(fcinfo, {kKeyRelation, kKeyStorage}); }

} // namespace cedro::api
