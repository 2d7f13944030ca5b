// Indexes of shells, which are valid when all shards have them.
#include "pg/catalog.hpp"
#include "pg/ddl.hpp"
#include "pg/function.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"

using namespace cedro;

PG_SQL_FUNCTION(citus_internal_set_index_valid) {
    if (!transaction::is_applying() && !superuser())
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("citus_internal.set_index_valid() is called by the nodes of the cluster only")));
    const Oid index = PG_GETARG_OID(0);
    const Oid relid = IndexGetRelation(index, false);
    if (!table::is_shell(relid))
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                        errmsg("\"%s\" is not an index of a distributed table", get_rel_name(index))));
    LockRelationOid(relid, ShareUpdateExclusiveLock);
    pg::set_index_valid(index, PG_GETARG_BOOL(1));
    CacheInvalidateRelcacheByRelid(relid); // plans that may or must not use it
    PG_RETURN_VOID();
}
