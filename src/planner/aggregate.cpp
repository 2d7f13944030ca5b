#include "planner/aggregate.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"

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
    if (aggregate->aggdistinct && rule != Rule::Same) {
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

} // namespace cedro::planner
