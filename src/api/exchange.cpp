// Rows that move between nodes: what the sender of a statement, and nodes among
// themselves, tell each other.
#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/function.hpp"
#include "pg/scope.hpp"
#include "transaction/node_session.hpp"
#include "transaction/text_array.hpp"
#include "worker/exchange/row_format.hpp"
#include "worker/exchange/sender.hpp"
#include "worker/exchange/spool.hpp"

namespace cedro::api {
namespace {

/// The result of a procedure with one INOUT argument.
Datum row_of(FunctionCallInfo fcinfo, Datum value) {
    TupleDesc type = nullptr;
    if (get_call_result_type(fcinfo, nullptr, &type) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    bool null = false;
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(type), &value, &null));
}

void require_arguments(FunctionCallInfo fcinfo, int count) {
    for (int i = 0; i < count; i++)
        if (PG_ARGISNULL(i))
            ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("argument %d must not be null", i + 1)));
}

std::span<const int32> numbers_of(Datum int4_array) {
    ArrayType *array = DatumGetArrayTypeP(int4_array);
    const int count = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
    return {reinterpret_cast<const int32 *>(ARR_DATA_PTR(array)), static_cast<size_t>(count)};
}

/// A table by its qualified name. The node itself needs no privileges on schemas of users.
Oid relation_named(const char *name) {
    if (name[0] == '\0') return InvalidOid;
    List *names = stringToQualifiedNameList(name);
    if (list_length(names) != 2)
        ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid name of a table")));
    const Oid relid = get_relname_relid(strVal(lsecond(names)), get_namespace_oid(strVal(linitial(names)), false));
    if (!OidIsValid(relid))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation %s does not exist", name)));
    return relid;
}

} // namespace

PG_SQL_FUNCTION(exchange) {
    ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied for function exchange"),
                    errdetail("Only tasks of the cluster read rows that move between nodes.")));
}

PG_SQL_FUNCTION(produce_exchange_rows) {
    transaction::begin_privileged("produce_exchange_rows");
    require_arguments(fcinfo, 7);
    const char *role = text_to_cstring(PG_GETARG_TEXT_PP(1));
    const char *sql = text_to_cstring(PG_GETARG_TEXT_PP(2));
    pg::Vector<plan::GroupSet> groups;
    for (const char *each : transaction::texts_of(PG_GETARG_DATUM(3)))
        groups.push(*pg::make<pg::Vector<plan::Group>>(
            plan::groups_of(OidInputFunctionCall(F_ARRAY_IN, const_cast<char *>(each), INT4OID, -1))));
    const worker::Route route{PG_GETARG_INT32(4), relation_named(text_to_cstring(PG_GETARG_TEXT_PP(5))),
                              numbers_of(PG_GETARG_DATUM(6))};
    const pg::Vector<const char *> stored =
        worker::produce(PG_GETARG_INT64(0), sql, groups, get_role_oid(role, false), route);
    return row_of(fcinfo,
                  OidInputFunctionCall(F_ARRAY_IN, const_cast<char *>(transaction::text_array(stored)), TEXTOID, -1));
}

PG_SQL_FUNCTION(store_exchange_rows) {
    transaction::begin_privileged("store_exchange_rows");
    require_arguments(fcinfo, 3);
    if (PG_GETARG_INT32(1) != worker::kByteOrder)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("nodes on different kinds of machines cannot exchange rows"),
                        errhint("Set citus.enable_repartition_joins to off.")));
    const bytea *rows = PG_GETARG_BYTEA_PP(2);
    worker::spool(PG_GETARG_INT64(0), {VARDATA_ANY(rows), VARSIZE_ANY_EXHDR(rows)});
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(seal_exchange_rows) {
    transaction::begin_privileged("seal_exchange_rows");
    require_arguments(fcinfo, 1);
    return row_of(fcinfo, CStringGetTextDatum(worker::seal_spool(PG_GETARG_INT64(0), worker::Producer::Sender)));
}

PG_SQL_FUNCTION(attach_exchange) {
    transaction::begin_privileged("attach_exchange");
    require_arguments(fcinfo, 2);
    worker::attach(PG_GETARG_INT64(0), transaction::texts_of(PG_GETARG_DATUM(1)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(drop_exchange) {
    transaction::begin_privileged("drop_exchange");
    require_arguments(fcinfo, 1);
    worker::drop_exchange(PG_GETARG_INT64(0));
    PG_RETURN_VOID();
}

} // namespace cedro::api
