// Shards of this node: made, dropped and tied together by commands of the cluster.
#include "worker/shard.hpp"
#include "pg/array.hpp"
#include "pg/function.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/node_session.hpp"
#include "transaction/text_array.hpp"
#include "worker/group_lock.hpp"
#include "worker/shard_change.hpp"

namespace cedro::api {
namespace {

void require_cluster_command() {
    if (superuser()) return; // commands of the cluster run as the extension's owner
    ereport(ERROR,
            (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("only the nodes of the cluster may define shards")));
}

std::span<const int64> shard_ids(ArrayType *array) {
    if (ARR_HASNULL(array) || ARR_NDIM(array) > 1)
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("shard ids must be a list without nulls")));
    if (ARR_NDIM(array) == 0) return {};
    return {reinterpret_cast<const int64 *>(ARR_DATA_PTR(array)), static_cast<size_t>(ARR_DIMS(array)[0])};
}

} // namespace

PG_SQL_FUNCTION(create_shards) {
    require_cluster_command();
    worker::create_shards(PG_GETARG_OID(0), shard_ids(PG_GETARG_ARRAYTYPE_P(1)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(drop_shards) {
    require_cluster_command();
    worker::drop_shards(PG_GETARG_OID(0), shard_ids(PG_GETARG_ARRAYTYPE_P(1)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(create_shard_foreign_keys) {
    require_cluster_command();
    worker::create_foreign_keys(PG_GETARG_OID(0), shard_ids(PG_GETARG_ARRAYTYPE_P(1)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(change_with_shards) {
    require_cluster_command();
    Datum *values = nullptr;
    bool *nulls = nullptr;
    int count = 0;
    deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &count);
    List *defaults = NIL;
    for (int i = 0; i < count; i++) defaults = lappend(defaults, nulls[i] ? nullptr : TextDatumGetCString(values[i]));
    worker::change_with_shards(text_to_cstring(PG_GETARG_TEXT_PP(0)), defaults,
                               worker::grants_named(transaction::texts_of(PG_GETARG_DATUM(2))));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(shard_change_command) {
    const char *sql = text_to_cstring(PG_GETARG_TEXT_PP(0));
    PG_RETURN_TEXT_P(cstring_to_text(worker::shard_change_command(sql, worker::shard_change_defaults(sql), {})));
}

PG_SQL_FUNCTION(lock_shard_group) {
    transaction::begin_privileged("lock_shard_group");
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a shard group to lock must not be null")));
    worker::lock_group({PG_GETARG_INT32(0), PG_GETARG_INT32(1)}, PG_GETARG_BOOL(2));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(table_of_shard) {
    // Rows come in runs of one relation: the last answer serves most calls.
    struct Answer {
        Oid relation;
        Oid table;
    };
    auto *last = static_cast<Answer *>(fcinfo->flinfo->fn_extra);
    const Oid relation = PG_GETARG_OID(0);
    if (!last || last->relation != relation) {
        if (!last)
            fcinfo->flinfo->fn_extra = last =
                static_cast<Answer *>(MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(Answer)));
        const Oid table = table::shell_of_relation(relation);
        *last = {relation, OidIsValid(table) ? table : relation};
    }
    PG_RETURN_OID(last->table);
}

} // namespace cedro::api
