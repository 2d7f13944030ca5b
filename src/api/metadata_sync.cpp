// Functions by which nodes are told the state of the cluster (again).
#include "pg/array.hpp"
#include "pg/function.hpp"
#include "sync/forget.hpp"
#include "sync/registration.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/text_array.hpp"

namespace cedro::api {

PG_SQL_FUNCTION(push_node_rows) { PG_RETURN_INT32(sync::push_node_rows()); }

PG_SQL_FUNCTION(forget_cluster) {
    if (!transaction::is_applying() && !superuser())
        ereport(ERROR,
                (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied for function forget_cluster"),
                 errdetail("Only the nodes of the cluster call it.")));
    ArrayType *array = PG_GETARG_ARRAYTYPE_P(0);
    Datum *items;
    int count;
    deconstruct_array(array, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &items, nullptr, &count);
    pg::Vector<int64> shards;
    for (int i = 0; i < count; i++) shards.push(DatumGetInt64(items[i]));
    sync::forget_cluster(shards, transaction::texts_of(PG_GETARG_DATUM(1)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(start_metadata_sync_to_node) {
    sync::refresh_node(text_to_cstring(PG_GETARG_TEXT_PP(0)), PG_GETARG_INT32(1));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(start_metadata_sync_to_all_nodes) {
    sync::refresh_all();
    PG_RETURN_BOOL(true);
}

PG_SQL_FUNCTION(stop_metadata_sync_to_node) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("every active node has all metadata"),
                    errhint("Use citus_disable_node() or citus_remove_node().")));
}

} // namespace cedro::api
