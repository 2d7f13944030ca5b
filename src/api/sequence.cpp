// Values of sequences that the coordinator gives out.
#include "pg/sequence.hpp"
#include "catalog/relation.hpp"
#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/function.hpp"
#include "pg/scope.hpp"
#include "transaction/node_session.hpp"
#include "transaction/sequence.hpp"

namespace cedro::api {

namespace {

int64 next_value_of(FunctionCallInfo fcinfo) { return transaction::next_value(PG_GETARG_OID(0)); }

} // namespace

PG_SQL_FUNCTION(next_value) { PG_RETURN_INT64(next_value_of(fcinfo)); }

PG_SQL_FUNCTION(worker_nextval) {
    const int64 value = next_value_of(fcinfo);
    if (value < PG_INT32_MIN || value > PG_INT32_MAX)
        ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("integer out of range"),
                        errhint("Use nextval() for bigint sequences.")));
    PG_RETURN_INT32(static_cast<int32>(value));
}

PG_SQL_FUNCTION(take_sequence_values) {
    transaction::begin_privileged("take_sequence_values");
    const char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
    // The other node has judged the client's rights.
    const Oid sequence = pg::with_user(catalog::owner(), SECURITY_LOCAL_USERID_CHANGE, [&] {
        return RangeVarGetRelid(makeRangeVarFromNameList(stringToQualifiedNameList(name)), RowExclusiveLock, false);
    });
    pg::Vector<Datum> values;
    for (int64 each : transaction::take_values(sequence, PG_GETARG_INT32(1))) values.push(Int64GetDatum(each));
    TupleDesc type = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &type) != TYPEFUNC_COMPOSITE)
        ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("return type must be a row type")));
    Datum array = PointerGetDatum(construct_array(values.begin(), static_cast<int>(values.size()), INT8OID,
                                                  sizeof(int64), true, TYPALIGN_DOUBLE));
    bool null = false;
    PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(type), &array, &null)));
}

} // namespace cedro::api
