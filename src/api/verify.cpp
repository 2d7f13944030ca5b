// Compares copies, for SQL.
#include "replica/verify.hpp"
#include "cluster/node.hpp"
#include "pg/catalog.hpp"
#include "pg/function.hpp"
#include "pg/text.hpp"

namespace cedro::api {

PG_SQL_FUNCTION(citus_verify_placements) {
    InitMaterializedSRF(fcinfo, 0);
    auto *result = castNode(ReturnSetInfo, fcinfo->resultinfo);
    for (const replica::CopyState &each : replica::differing_copies(PG_GETARG_OID(0))) {
        const cluster::Node *node = cluster::primary_of(each.group);
        Datum values[] = {Int64GetDatum(each.shard), node ? CStringGetTextDatum(node->host) : Datum(0),
                          node ? Int32GetDatum(node->port) : Datum(0), Int64GetDatum(each.rows),
                          CStringGetTextDatum(each.checksum)};
        bool nulls[] = {false, node == nullptr, node == nullptr, false, false};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
    return Datum{0};
}

} // namespace cedro::api
