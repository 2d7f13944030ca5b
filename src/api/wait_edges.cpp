// The waits for locks as users see them.
#include "pg/function.hpp"
#include "transaction/deadlock.hpp"

namespace cedro::api {
namespace {

constexpr size_t kColumns = 9;

/// pid, node, transaction number, stamp; the last two are NULL for a backend that works for no distributed transaction.
void put_party(const transaction::Party &party, Datum *values, bool *nulls) {
    values[0] = Int32GetDatum(party.pid);
    values[1] = Int32GetDatum(party.group);
    values[2] = UInt64GetDatum(party.number);
    values[3] = TimestampTzGetDatum(party.stamp);
    nulls[2] = party.number == 0;
    nulls[3] = party.stamp == 0;
}

Datum return_edges(FunctionCallInfo fcinfo, const pg::Vector<transaction::WaitEdge> &edges) {
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    for (const transaction::WaitEdge &each : edges) {
        Datum values[kColumns];
        bool nulls[kColumns] = {};
        put_party(each.waiting, values, nulls);
        put_party(each.blocking, values + 4, nulls + 4);
        values[8] = BoolGetDatum(each.is_blocking_waiting);
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
    return Datum{0};
}

} // namespace

PG_SQL_FUNCTION(dump_local_wait_edges) { return return_edges(fcinfo, transaction::local_wait_edges()); }

PG_SQL_FUNCTION(dump_global_wait_edges) { return return_edges(fcinfo, transaction::global_wait_edges()); }

PG_SQL_FUNCTION(check_distributed_deadlocks) { PG_RETURN_BOOL(transaction::check_deadlocks()); }

} // namespace cedro::api
