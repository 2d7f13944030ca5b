// Unique keys over all shards: the trigger of the shards and what nodes tell
// each other about its records.
#include "pg/function.hpp"
#include "pg/trigger.hpp"
#include "pg/catalog.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/node_session.hpp"
#include "unique/change.hpp"

using namespace cedro;

PG_SQL_FUNCTION(citus_internal_record_key_changes) {
    if (!CALLED_AS_TRIGGER(fcinfo))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("record_key_changes() can only be called as a trigger")));
    auto *event = reinterpret_cast<TriggerData *>(fcinfo->context);
    unique::record(event, fcinfo->flinfo);
    return PointerGetDatum(nullptr);
}

PG_SQL_FUNCTION(citus_internal_watch_shards) {
    if (!transaction::is_applying() && !superuser())
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("citus_internal.watch_shards() is called by the nodes of the cluster only")));
    const table::Table &table = table::get(PG_GETARG_OID(0));
    const bool enable = PG_GETARG_BOOL(1);
    for (size_t ordinal = 0; ordinal < table.shards.size(); ordinal++) {
        const Oid shard = table::shard_relid(table, static_cast<int>(ordinal));
        if (OidIsValid(shard)) unique::watch_shard(shard, enable);
    }
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_internal_tie_key) {
    if (!transaction::is_applying() && !superuser())
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("citus_internal.tie_key() is called by the nodes of the cluster only")));
    // The hidden table goes with the index, on every node by itself.
    const ObjectAddress key_table{RelationRelationId, PG_GETARG_OID(0), 0};
    const ObjectAddress index{RelationRelationId, PG_GETARG_OID(1), 0};
    recordDependencyOn(&key_table, &index, DEPENDENCY_AUTO);
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_internal_take_key_changes) {
    transaction::begin_privileged("take_key_changes");
    TupleDesc type = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &type) != TYPEFUNC_COMPOSITE) elog(ERROR, "return type must be a row type");
    Datum changes = unique::to_array(unique::take());
    bool is_null = false;
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(type), &changes, &is_null));
}
