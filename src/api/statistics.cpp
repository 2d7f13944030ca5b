// Statistics of shells, which the node that ran ANALYZE hands to all.
#include "ddl/statistics.hpp"
#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/function.hpp"
#include "pg/scope.hpp"
#include "pg/statistics.hpp"
#include "pg/text.hpp"
#include "transaction/everywhere.hpp"

using namespace cedro;

namespace {

void require_cluster(const char *name) {
    if (transaction::is_applying() || superuser()) return;
    ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                    errmsg("citus_internal.%s() is called by the nodes of the cluster only", name)));
}

// The texts of the slots of pg_statistic; nullptr for NULL.
struct Slots {
    const char *texts[STATISTIC_NUM_SLOTS];
};

Slots slots_of(Datum array) {
    Slots slots{};
    Datum *elements = nullptr;
    bool *nulls = nullptr;
    int count = 0;
    deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
    if (count != STATISTIC_NUM_SLOTS)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("statistics have another number of slots")));
    for (int i = 0; i < count; i++) slots.texts[i] = nulls[i] ? nullptr : TextDatumGetCString(elements[i]);
    return slots;
}

Datum array_of(const char *text, Oid element) {
    return OidInputFunctionCall(F_ARRAY_IN, const_cast<char *>(text), element, -1);
}

Datum name_to_oid(Oid input, const char *text) {
    return OidInputFunctionCall(input, const_cast<char *>(text), InvalidOid, -1);
}

} // namespace

PG_SQL_FUNCTION(citus_internal_set_column_statistics) {
    require_cluster("set_column_statistics");
    const Oid relid = PG_GETARG_OID(0);
    LockRelationOid(relid, ShareUpdateExclusiveLock);
    Datum values[Natts_pg_statistic] = {};
    bool nulls[Natts_pg_statistic] = {};
    const AttrNumber attribute = get_attnum(relid, NameStr(*PG_GETARG_NAME(1)));
    if (attribute == InvalidAttrNumber) PG_RETURN_VOID(); // dropped meanwhile
    values[Anum_pg_statistic_starelid - 1] = ObjectIdGetDatum(relid);
    values[Anum_pg_statistic_staattnum - 1] = Int16GetDatum(attribute);
    values[Anum_pg_statistic_stainherit - 1] = PG_GETARG_DATUM(2);
    values[Anum_pg_statistic_stanullfrac - 1] = PG_GETARG_DATUM(3);
    values[Anum_pg_statistic_stawidth - 1] = PG_GETARG_DATUM(4);
    values[Anum_pg_statistic_stadistinct - 1] = PG_GETARG_DATUM(5);
    const Slots kinds = slots_of(PG_GETARG_DATUM(6));
    const Slots operators = slots_of(PG_GETARG_DATUM(7));
    const Slots collations = slots_of(PG_GETARG_DATUM(8));
    const Slots numbers = slots_of(PG_GETARG_DATUM(9));
    const Slots types = slots_of(PG_GETARG_DATUM(10));
    const Slots texts = slots_of(PG_GETARG_DATUM(11));
    for (int i = 0; i < STATISTIC_NUM_SLOTS; i++) {
        values[Anum_pg_statistic_stakind1 - 1 + i] = name_to_oid(F_INT2IN, kinds.texts[i]);
        values[Anum_pg_statistic_staop1 - 1 + i] = name_to_oid(F_REGOPERATORIN, operators.texts[i]);
        values[Anum_pg_statistic_stacoll1 - 1 + i] = name_to_oid(F_REGCOLLATIONIN, collations.texts[i]);
        nulls[Anum_pg_statistic_stanumbers1 - 1 + i] = !numbers.texts[i];
        if (numbers.texts[i]) values[Anum_pg_statistic_stanumbers1 - 1 + i] = array_of(numbers.texts[i], FLOAT4OID);
        nulls[Anum_pg_statistic_stavalues1 - 1 + i] = !texts.texts[i];
        if (texts.texts[i])
            values[Anum_pg_statistic_stavalues1 - 1 + i] =
                array_of(texts.texts[i], DatumGetObjectId(name_to_oid(F_REGTYPEIN, types.texts[i])));
    }
    pg::store_statistics(values, nulls);
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_internal_set_extent) {
    require_cluster("set_extent");
    const double pages = PG_GETARG_FLOAT8(1);
    const double rows = PG_GETARG_FLOAT8(2);
    const bool is_whole = PG_GETARG_BOOL(3);
    pg::with_relation(PG_GETARG_OID(0), ShareUpdateExclusiveLock, [&](Relation relation) {
        pg::store_extent(relation, static_cast<uint32>(std::min(pages, static_cast<double>(MaxBlockNumber))), rows,
                         is_whole);
    });
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_internal_shards_extent) {
    TupleDesc type = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &type) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    const Oid relid =
        DatumGetObjectId(OidInputFunctionCall(F_REGCLASSIN, text_to_cstring(PG_GETARG_TEXT_PP(0)), InvalidOid, -1));
    const ddl::Extent extent = ddl::extent_here(relid);
    Datum values[] = {Float8GetDatum(extent.pages), Float8GetDatum(extent.rows)};
    bool nulls[] = {false, false};
    PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(type), values, nulls)));
}
