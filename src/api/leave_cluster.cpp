// Tables leave the cluster, or change whom they are co-located with.
#include "convert/alter.hpp"
#include "convert/checks.hpp"
#include "convert/colocation.hpp"
#include "convert/rows.hpp"
#include "convert/undistribute.hpp"
#include "cluster/node.hpp"
#include "pg/function.hpp"

namespace cedro::api {

PG_SQL_FUNCTION(undistribute_table) {
    convert::undistribute(PG_GETARG_OID(0), PG_GETARG_BOOL(1));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(remove_local_tables_from_metadata) {
    convert::remove_local_tables();
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(update_distributed_table_colocation) {
    convert::update_colocation(PG_GETARG_OID(0), text_to_cstring(PG_GETARG_TEXT_PP(1)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(alter_distributed_table) {
    if (PG_ARGISNULL(0))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("table_name cannot be NULL")));
    convert::Alteration alteration{PG_GETARG_OID(0)};
    if (!PG_ARGISNULL(1)) alteration.key = text_to_cstring(PG_GETARG_TEXT_PP(1));
    if (!PG_ARGISNULL(2)) alteration.shard_count = PG_GETARG_INT32(2);
    if (!PG_ARGISNULL(3)) alteration.colocate_with = text_to_cstring(PG_GETARG_TEXT_PP(3));
    if (!PG_ARGISNULL(4)) alteration.cascades = PG_GETARG_BOOL(4);
    convert::alter(alteration);
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(truncate_local_data_after_distributing_table) {
    const Oid relid = PG_GETARG_OID(0);
    cluster::require_coordinator("truncate_local_data_after_distributing_table");
    convert::require_owner(relid);
    for (Oid each : convert::lock_with_partitions(relid)) {
        table::get(each);
        convert::empty_shell(each);
    }
    PG_RETURN_VOID();
}

} // namespace cedro::api
