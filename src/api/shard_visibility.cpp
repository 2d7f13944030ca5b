// What clients may know about shards as relations.
#include "pg/catalog.hpp"
#include "pg/ddl.hpp"
#include "pg/function.hpp"
#include "worker/shard_list.hpp"

namespace cedro::api {

PG_SQL_FUNCTION(relation_is_a_known_shard) { PG_RETURN_BOOL(worker::is_shard(PG_GETARG_OID(0))); }

PG_SQL_FUNCTION(citus_table_is_visible) {
    const Oid relid = PG_GETARG_OID(0);
    if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid))) PG_RETURN_NULL();
    PG_RETURN_BOOL(RelationIsVisible(relid) && !worker::is_shard(relid));
}

PG_SQL_FUNCTION(is_relation_shown) {
    PG_RETURN_BOOL(
        !worker::is_hidden({PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(1)), PG_GETARG_OID(2), PG_GETARG_CHAR(3)}));
}

PG_SQL_FUNCTION(is_statistics_shown) { PG_RETURN_BOOL(!worker::is_shard(PG_GETARG_OID(0))); }

} // namespace cedro::api
