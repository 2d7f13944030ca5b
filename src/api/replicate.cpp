// Copies shards that have too few placements.
#include "move/placement.hpp"
#include "pg/array.hpp"
#include "pg/function.hpp"
#include "replica/replicate.hpp"

namespace cedro::api {

PG_SQL_FUNCTION(replicate_table_shards) {
    ArrayType *excluded = PG_GETARG_ARRAYTYPE_P(3);
    const char *mode = DatumGetCString(DirectFunctionCall1(enum_out, PG_GETARG_DATUM(4)));
    move::require_supported(strcmp(mode, "force_logical") == 0 ? move::TransferMode::ForceLogical
                                                               : move::TransferMode::BlockWrites);
    if (ARR_HASNULL(excluded) || ARR_NDIM(excluded) > 1)
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("shard ids must be a list without nulls")));
    std::span<const int64> shards;
    if (ARR_NDIM(excluded) == 1)
        shards = {static_cast<const int64 *>(static_cast<const void *>(ARR_DATA_PTR(excluded))),
                  static_cast<size_t>(ARR_DIMS(excluded)[0])};
    replica::replicate({PG_GETARG_OID(0), PG_GETARG_INT32(1), PG_GETARG_INT32(2), shards});
    PG_RETURN_VOID();
}

} // namespace cedro::api
