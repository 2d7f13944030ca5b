// Distributed transactions as users see them.
#include "pg/function.hpp"
#include "pg/transaction.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/recovery.hpp"

namespace cedro::api {
namespace {

TupleDesc row_type(FunctionCallInfo fcinfo) {
    TupleDesc type = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &type) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    return BlessTupleDesc(type);
}

} // namespace

PG_SQL_FUNCTION(recover_prepared_transactions) { PG_RETURN_INT32(transaction::recover()); }

PG_SQL_FUNCTION(get_current_transaction_id) {
    const transaction::DistributedId id = transaction::current_id();
    const bool has_id = static_cast<bool>(id);
    Datum values[] = {ObjectIdGetDatum(MyDatabaseId), Int32GetDatum(MyProcPid), Int32GetDatum(id.group),
                      UInt64GetDatum(id.number), TimestampTzGetDatum(id.stamp)};
    bool nulls[] = {false, false, false, false, !has_id};
    PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row_type(fcinfo), values, nulls)));
}

PG_SQL_FUNCTION(assign_distributed_transaction_id) {
    if (!superuser())
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("must be superuser to assign the id of a distributed transaction")));
    if (transaction::current_id())
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("the transaction has a distributed transaction id already")));
    transaction::adopt_id({PG_GETARG_INT32(0), static_cast<uint64>(PG_GETARG_INT64(1)), PG_GETARG_TIMESTAMPTZ(2)}, 0);
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(get_all_active_transactions) {
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    for (const transaction::Running &each : transaction::running()) {
        Datum values[] = {ObjectIdGetDatum(each.database), Int32GetDatum(each.pid),
                          Int32GetDatum(each.id.group),    BoolGetDatum(each.is_worker),
                          UInt64GetDatum(each.id.number),  TimestampTzGetDatum(each.id.stamp),
                          Int64GetDatum(each.gpid)};
        bool nulls[std::size(values)] = {};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
    return Datum{0};
}

} // namespace cedro::api
