#include "table/ids.hpp"

#include "pg/catalog.hpp"
#include "pg/sequence.hpp"

namespace cedro::table {

namespace {

// Nobody needs a right on these sequences to make a table.
int64 next(const char *sequence, Oid schema = PG_CATALOG_NAMESPACE) {
    return nextval_internal(get_relname_relid(sequence, schema), false);
}

int64 next_internal(const char *sequence) { return next(sequence, get_namespace_oid("citus_internal", false)); }

} // namespace

int64 next_shard() { return next("pg_dist_shardid_seq"); }

int64 next_placement() { return next("pg_dist_placement_placementid_seq"); }

int64 next_key_shard() { return next_internal("key_shardid_seq"); }

int64 next_key_table() { return next_internal("key_table_seq"); }

int32 next_colocation() { return static_cast<int32>(next("pg_dist_colocationid_seq")); }

int64 next_operation() { return next("pg_dist_operationid_seq"); }

int64 next_cleanup_record() { return next("pg_dist_cleanup_recordid_seq"); }

} // namespace cedro::table
