// Statements on other nodes for SQL; run_command_on_* are made of it in sql/.
#include "monitor/run_command.hpp"
#include "pg/array.hpp"
#include "pg/function.hpp"
#include "transaction/node_session.hpp"

namespace cedro::api {
namespace {

std::span<Datum> elements(FunctionCallInfo fcinfo, int number, Oid type, int length, bool is_by_value) {
    Datum *values;
    bool *nulls;
    int count;
    ArrayType *array = PG_GETARG_ARRAYTYPE_P(number);
    deconstruct_array(array, type, length, is_by_value, 'i', &values, &nulls, &count);
    if (array_contains_nulls(array))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("nodes and commands must not be null")));
    return {values, static_cast<size_t>(count)};
}

} // namespace

PG_SQL_FUNCTION(master_run_on_worker) {
    std::span<Datum> hosts = elements(fcinfo, 0, TEXTOID, -1, false);
    std::span<Datum> ports = elements(fcinfo, 1, INT4OID, 4, true);
    std::span<Datum> statements = elements(fcinfo, 2, TEXTOID, -1, false);
    if (hosts.size() != ports.size() || hosts.size() != statements.size())
        ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
                        errmsg("there must be as many ports and commands as there are nodes")));
    pg::Vector<monitor::Command> commands;
    for (size_t i = 0; i < hosts.size(); ++i)
        commands.push({TextDatumGetCString(hosts[i]), DatumGetInt32(ports[i]), TextDatumGetCString(statements[i])});
    monitor::run_commands(commands, PG_GETARG_BOOL(3));

    InitMaterializedSRF(fcinfo, 0);
    auto *result = castNode(ReturnSetInfo, fcinfo->resultinfo);
    for (const monitor::Command &command : commands) {
        Datum values[] = {CStringGetTextDatum(command.host), Int32GetDatum(command.port),
                          BoolGetDatum(command.has_succeeded), CStringGetTextDatum(command.result)};
        bool nulls[] = {false, false, false, false};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
    return Datum(0);
}

PG_SQL_FUNCTION(become) {
    transaction::begin_privileged("become");
    transaction::become(text_to_cstring(PG_GETARG_TEXT_PP(0)));
    PG_RETURN_VOID();
}

} // namespace cedro::api
