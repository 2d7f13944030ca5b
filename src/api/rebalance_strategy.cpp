// Checks the functions a rebalance strategy names.
#include "pg/catalog.hpp"
#include "pg/function.hpp"

namespace cedro::api {
namespace {

struct Signature {
    const char *role; // column of pg_dist_rebalance_strategy
    std::initializer_list<Oid> arguments;
    Oid result;
    const char *text;
};

void check(Oid function, const Signature &expected) {
    if (!OidIsValid(function))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("%s is not a function", expected.role)));
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
                        errmsg("the function with OID %u, given as %s, does not exist", function, expected.role)));
    auto *procedure = static_cast<Form_pg_proc>(static_cast<void *>(GETSTRUCT(tuple)));
    bool fits = std::ranges::equal(std::span(procedure->proargtypes.values, static_cast<size_t>(procedure->pronargs)),
                                   expected.arguments) &&
                procedure->prorettype == expected.result && !procedure->proretset;
    ReleaseSysCache(tuple);
    if (!fits)
        ereport(ERROR, (errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
                        errmsg("function %s cannot serve as %s", format_procedure(function), expected.role),
                        errhint("Give a function of the form %s.", expected.text)));
}

} // namespace

PG_SQL_FUNCTION(citus_validate_rebalance_strategy_functions) {
    check(PG_GETARG_OID(0), {"shard_cost_function", {INT8OID}, FLOAT4OID, "name(bigint) returns real"});
    check(PG_GETARG_OID(1), {"node_capacity_function", {INT4OID}, FLOAT4OID, "name(integer) returns real"});
    check(PG_GETARG_OID(2),
          {"shard_allowed_on_node_function", {INT8OID, INT4OID}, BOOLOID, "name(bigint, integer) returns boolean"});
    PG_RETURN_VOID();
}

} // namespace cedro::api
