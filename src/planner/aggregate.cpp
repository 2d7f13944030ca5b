#include "planner/aggregate.hpp"

#include "catalog/settings.hpp"
#include "pg/aggregate.hpp"
#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "planner/pushable.hpp"

namespace cedro::planner {

namespace {

enum class Rule { None, Same, Count, Sum, Average };

Rule rule_of(const Aggref *aggregate) {
    if (aggregate->aggfnoid >= FirstNormalObjectId || aggregate->aggkind != AGGKIND_NORMAL) return Rule::None;
    const std::string_view name = get_func_name(aggregate->aggfnoid);
    for (const char *same : {"min", "max", "bool_and", "bool_or", "every", "bit_and", "bit_or", "bit_xor"})
        if (name == same) return Rule::Same;
    if (name == "count") return Rule::Count;
    if (name == "sum") return Rule::Sum;
    if (name == "avg") return Rule::Average;
    return Rule::None;
}

Oid builtin(const char *name, Oid argument) {
    return LookupFuncName(list_make2(makeString(pstrdup("pg_catalog")), makeString(pstrdup(name))), 1, &argument,
                          false);
}

// A call of an aggregate of one argument.
Aggref *call(Oid function, Oid result, Node *argument) {
    auto *aggregate = makeNode(Aggref);
    aggregate->aggfnoid = function;
    aggregate->aggtype = result;
    aggregate->aggargtypes = list_make1_oid(exprType(argument));
    aggregate->args = list_make1(makeTargetEntry(reinterpret_cast<Expr *>(argument), 1, nullptr, false));
    aggregate->aggkind = AGGKIND_NORMAL;
    aggregate->aggsplit = AGGSPLIT_SIMPLE;
    aggregate->aggno = aggregate->aggtransno = -1;
    aggregate->location = -1;
    return aggregate;
}

Node *sum_of(Node *column) {
    const Oid function = builtin("sum", exprType(column));
    return reinterpret_cast<Node *>(call(function, get_func_rettype(function), column));
}

Node *function_call(Oid function, List *arguments) {
    return reinterpret_cast<Node *>(
        makeFuncExpr(function, get_func_rettype(function), arguments, InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
}

Node *zero() {
    return reinterpret_cast<Node *>(
        makeConst(INT8OID, -1, InvalidOid, sizeof(int64), Int64GetDatum(0), false, FLOAT8PASSBYVAL));
}

// count and sum of integers are bigint, whose sum is numeric.
Node *bigint_sum(Node *column) { return function_call(F_INT8_NUMERIC, list_make1(sum_of(column))); }

Node *count_sum(Node *column) {
    auto *value = makeNode(CoalesceExpr);
    value->coalescetype = INT8OID;
    value->args = list_make2(bigint_sum(column), zero());
    value->location = -1;
    return reinterpret_cast<Node *>(value);
}

// The sum is NULL when the count is 0, so nothing is divided by it.
Node *average(Oid type, Node *sum, Node *count) {
    switch (type) {
    case FLOAT4OID:
    case FLOAT8OID:
        return function_call(F_FLOAT8DIV, list_make2(sum, function_call(F_FLOAT8_NUMERIC, list_make1(count))));
    case INTERVALOID:
        return function_call(F_INTERVAL_DIV, list_make2(sum, function_call(F_FLOAT8_NUMERIC, list_make1(count))));
    default: return function_call(F_NUMERIC_DIV, list_make2(sum, count));
    }
}

Node *argument_of(const Aggref *aggregate) {
    return reinterpret_cast<Node *>(linitial_node(TargetEntry, aggregate->args)->expr);
}

// The sum of an average's argument: averages of real are computed in double precision.
const Aggref *sum_part(const Aggref *aggregate) {
    auto *argument = static_cast<Node *>(copyObjectImpl(argument_of(aggregate)));
    if (exprType(argument) == FLOAT4OID) argument = function_call(F_FLOAT8_FLOAT4, list_make1(argument));
    const Oid function = builtin("sum", exprType(argument));
    Aggref *part = call(function, get_func_rettype(function), argument);
    part->aggfilter = aggregate->aggfilter;
    return part;
}

const Aggref *count_part(const Aggref *aggregate) {
    Aggref *part = call(builtin("count", ANYOID), INT8OID, static_cast<Node *>(copyObjectImpl(argument_of(aggregate))));
    part->aggargtypes = list_make1_oid(exprType(argument_of(aggregate)));
    part->inputcollid = exprCollation(argument_of(aggregate));
    part->aggfilter = aggregate->aggfilter;
    return part;
}

} // namespace

std::optional<AggregateParts> parts_of(const Aggref *aggregate, bool is_distinct_by_group) {
    const Rule rule = rule_of(aggregate);
    if (rule == Rule::None || aggregate->aggorder || aggregate->aggdirectargs) return std::nullopt;
    // min and the like do not mind a value twice; bit_xor does.
    const bool is_idempotent = rule == Rule::Same && std::string_view(get_func_name(aggregate->aggfnoid)) != "bit_xor";
    if (aggregate->aggdistinct && !is_idempotent) {
        // Each value is counted in one group only.
        if (!is_distinct_by_group || rule == Rule::Average) return std::nullopt;
    }
    if (rule != Rule::Average) return AggregateParts{aggregate, nullptr};
    return AggregateParts{sum_part(aggregate), count_part(aggregate)};
}

Node *combined(const Aggref *aggregate, Node *first, Node *second) {
    switch (rule_of(aggregate)) {
    case Rule::Same: {
        Aggref *call_again = call(aggregate->aggfnoid, aggregate->aggtype, first);
        call_again->aggcollid = aggregate->aggcollid;
        call_again->inputcollid = aggregate->inputcollid;
        return reinterpret_cast<Node *>(call_again);
    }
    case Rule::Count: return count_sum(first);
    case Rule::Sum: return aggregate->aggtype == INT8OID ? bigint_sum(first) : sum_of(first);
    case Rule::Average: return average(exprType(argument_of(aggregate)), sum_of(first), sum_of(second));
    case Rule::None: break;
    }
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
                    errmsg("aggregate \"%s\" cannot be computed in parts", get_func_name(aggregate->aggfnoid))));
}

namespace {

struct StateFunctions {
    Oid state_type; ///< as declared: it may be polymorphic
    bool can_combine;
    bool has_serial;
    bool has_sort_operator;
};

StateFunctions state_functions(Oid aggregate) {
    HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(aggregate));
    if (!HeapTupleIsValid(tuple))
        ereport(ERROR,
                (errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("aggregate with OID %u does not exist", aggregate)));
    const auto *row = reinterpret_cast<Form_pg_aggregate>(GETSTRUCT(tuple));
    const StateFunctions functions{row->aggtranstype, OidIsValid(row->aggcombinefn),
                                   OidIsValid(row->aggserialfn) && OidIsValid(row->aggdeserialfn),
                                   OidIsValid(row->aggsortop)};
    ReleaseSysCache(tuple);
    return functions;
}

pg::Vector<Oid> types_of_arguments(const Aggref *aggregate) {
    Oid types[FUNC_MAX_ARGS];
    const int count = get_aggregate_argtypes(const_cast<Aggref *>(aggregate), types);
    pg::Vector<Oid> result;
    for (int i = 0; i < count; i++) result.push(types[i]);
    return result;
}

Const *array_of_oids(std::span<const Oid> oids) {
    pg::Vector<Datum> values;
    for (Oid oid : oids) values.push(ObjectIdGetDatum(oid));
    ArrayType *array =
        construct_array(values.begin(), static_cast<int>(values.size()), OIDOID, sizeof(Oid), true, TYPALIGN_INT);
    return makeConst(OIDARRAYOID, -1, InvalidOid, -1, PointerGetDatum(array), false, false);
}

Oid internal_aggregate() {
    const Oid types[] = {REGPROCEDUREOID, OIDARRAYOID, BYTEAOID, ANYELEMENTOID};
    return LookupFuncName(list_make2(makeString(pstrdup("citus_internal")), makeString(pstrdup("combined"))), 4, types,
                          false);
}

} // namespace

bool has_state(const Aggref *aggregate) {
    if (aggregate->aggkind != AGGKIND_NORMAL || aggregate->aggorder || aggregate->aggdistinct) return false;
    const StateFunctions functions = state_functions(aggregate->aggfnoid);
    if (!functions.can_combine) return false;
    // The planner may turn such an aggregate into a look-up in an index, which has no state.
    if (functions.has_sort_operator && aggregate->aggfnoid >= FirstNormalObjectId) return false;
    if (functions.state_type == INTERNALOID)
        return functions.has_serial && setting::allow_aggregate_worker_combine_on_internal_types;
    pg::Vector<Oid> types = types_of_arguments(aggregate);
    return has_portable_bytes(resolve_aggregate_transtype(aggregate->aggfnoid, functions.state_type, types.begin(),
                                                          static_cast<int>(types.size())));
}

Node *state_of(const Aggref *aggregate) {
    const Oid any = ANYOID;
    const Oid function = LookupFuncName(
        list_make2(makeString(pstrdup("citus_internal")), makeString(pstrdup("partial"))), 1, &any, false);
    return reinterpret_cast<Node *>(makeFuncExpr(function, BYTEAOID, list_make1(copyObjectImpl(aggregate)), InvalidOid,
                                                 InvalidOid, COERCE_EXPLICIT_CALL));
}

Node *combined_states(const Aggref *aggregate, Node *column) {
    Expr *arguments[] = {reinterpret_cast<Expr *>(makeConst(REGPROCEDUREOID, -1, InvalidOid, sizeof(Oid),
                                                            ObjectIdGetDatum(aggregate->aggfnoid), false, true)),
                         reinterpret_cast<Expr *>(array_of_oids(types_of_arguments(aggregate))),
                         reinterpret_cast<Expr *>(column),
                         reinterpret_cast<Expr *>(makeNullConst(aggregate->aggtype, -1, aggregate->aggcollid))};
    auto *result = makeNode(Aggref);
    result->aggfnoid = internal_aggregate();
    result->aggtype = aggregate->aggtype;
    result->aggcollid = aggregate->aggcollid;
    result->inputcollid = aggregate->inputcollid;
    for (Expr *argument : arguments) {
        result->aggargtypes = lappend_oid(result->aggargtypes, exprType(reinterpret_cast<Node *>(argument)));
        const auto position = static_cast<AttrNumber>(list_length(result->args) + 1);
        result->args = lappend(result->args, makeTargetEntry(argument, position, nullptr, false));
    }
    result->aggstar = true; // no call that a client wrote looks so
    result->aggkind = AGGKIND_NORMAL;
    result->aggsplit = AGGSPLIT_SIMPLE;
    result->aggno = result->aggtransno = -1;
    result->location = -1;
    return reinterpret_cast<Node *>(result);
}

} // namespace cedro::planner
