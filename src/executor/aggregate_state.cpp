#include "executor/aggregate_state.hpp"

#include "pg/aggregate.hpp"
#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"

namespace cedro::executor {

namespace {

// What one call in a plan needs to know of its aggregate.
struct Kind {
    Oid owner;
    Oid state_type;
    int16 length;
    bool by_value;
    bool is_internal;
    Datum initial;
    bool initial_is_null;
    FmgrInfo combine;
    FmgrInfo read; ///< deserialisation function, or receive function of the type
    Oid read_parameter;
    bool has_final;
    FmgrInfo final;
    int final_arguments;
};

// The state of one group of rows.
struct State {
    Datum value;
    bool is_null;
    bool is_unset; ///< the first value that comes becomes the state
};

const Const *constant_argument(const Aggref *aggregate, int position) {
    return castNode(const Const, list_nth_node(TargetEntry, aggregate->args, position)->expr);
}

// Nobody but the planner can say "*" and give arguments.
const Aggref *planned_call(FunctionCallInfo call) {
    const Aggref *aggregate = AggGetAggref(call);
    if (!aggregate || !aggregate->aggstar || list_length(aggregate->args) != 4)
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("states of aggregates are combined by plans of distributed statements only")));
    return aggregate;
}

void look_up(const Kind &kind, Oid function, FmgrInfo *info, Expr *call) {
    if (pg_proc_aclcheck(function, kind.owner, ACL_EXECUTE) != ACLCHECK_OK)
        aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_FUNCTION, get_func_name(function));
    fmgr_info(function, info);
    fmgr_info_set_expr(reinterpret_cast<Node *>(call), info);
}

pg::Vector<Oid> argument_types(const Aggref *aggregate) {
    ArrayType *array = DatumGetArrayTypeP(constant_argument(aggregate, 1)->constvalue);
    const auto *types = reinterpret_cast<const Oid *>(ARR_DATA_PTR(array));
    pg::Vector<Oid> result;
    for (int i = 0; i < ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)); i++) result.push(types[i]);
    return result;
}

void look_up_reader(Kind &kind, const FormData_pg_aggregate *row) {
    if (kind.is_internal) {
        Expr *call;
        build_aggregate_deserialfn_expr(row->aggdeserialfn, &call);
        look_up(kind, row->aggdeserialfn, &kind.read, call);
        return;
    }
    Oid function;
    getTypeBinaryInputInfo(getBaseType(kind.state_type), &function, &kind.read_parameter);
    fmgr_info(function, &kind.read);
}

Kind *kind_of(const Aggref *aggregate) {
    const Oid function = DatumGetObjectId(constant_argument(aggregate, 0)->constvalue);
    HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("aggregate with OID %u does not exist", function)));
    const auto *row = reinterpret_cast<Form_pg_aggregate>(GETSTRUCT(tuple));
    auto *kind = static_cast<Kind *>(palloc0(sizeof(Kind)));
    kind->owner = pg::owner_of_function(function);
    pg::Vector<Oid> types = argument_types(aggregate);
    const int count = static_cast<int>(types.size());
    kind->state_type = resolve_aggregate_transtype(function, row->aggtranstype, types.begin(), count);
    kind->is_internal = kind->state_type == INTERNALOID;
    get_typlenbyval(kind->state_type, &kind->length, &kind->by_value);

    Datum initial = SysCacheGetAttr(AGGFNOID, tuple, Anum_pg_aggregate_agginitval, &kind->initial_is_null);
    if (!kind->initial_is_null) {
        Oid input, parameter;
        getTypeInputInfo(kind->state_type, &input, &parameter);
        kind->initial = OidInputFunctionCall(input, TextDatumGetCString(initial), parameter, -1);
    }
    Expr *call;
    build_aggregate_transfn_expr(&kind->state_type, 1, 0, false, kind->state_type, aggregate->inputcollid,
                                 row->aggcombinefn, InvalidOid, &call, nullptr);
    look_up(*kind, row->aggcombinefn, &kind->combine, call);
    look_up_reader(*kind, row);
    kind->has_final = OidIsValid(row->aggfinalfn);
    if (kind->has_final) {
        kind->final_arguments = 1 + (row->aggfinalextra ? count : 0);
        build_aggregate_finalfn_expr(types.begin(), kind->final_arguments, kind->state_type, aggregate->aggtype,
                                     aggregate->inputcollid, row->aggfinalfn, &call);
        look_up(*kind, row->aggfinalfn, &kind->final, call);
    }
    ReleaseSysCache(tuple);
    return kind;
}

const Kind *known_kind(FunctionCallInfo call, const Aggref *aggregate) {
    if (!call->flinfo->fn_extra)
        call->flinfo->fn_extra = pg::with_context(call->flinfo->fn_mcxt, [&] { return kind_of(aggregate); });
    return static_cast<const Kind *>(call->flinfo->fn_extra);
}

// A copy in the aggregate's memory. Internal states are pointers, passed by value.
Datum kept(const Kind *kind, Datum value, MemoryContext context) {
    return pg::with_context(context, [&] { return datumCopy(value, kind->by_value, kind->length); });
}

State *initial_state(const Kind *kind, MemoryContext context) {
    auto *state = static_cast<State *>(MemoryContextAllocZero(context, sizeof(State)));
    state->is_null = state->is_unset = kind->initial_is_null;
    if (!state->is_null) state->value = kept(kind, kind->initial, context);
    return state;
}

struct Value {
    Datum datum;
    bool is_null;
};

Value called(const FmgrInfo &function, FunctionCallInfo outer, std::initializer_list<Value> arguments) {
    LOCAL_FCINFO(call, FUNC_MAX_ARGS);
    InitFunctionCallInfoData(*call, const_cast<FmgrInfo *>(&function), static_cast<short>(arguments.size()),
                             outer->fncollation, outer->context, nullptr);
    int i = 0;
    for (const Value &argument : arguments) call->args[i++] = {argument.datum, argument.is_null};
    const Datum result = FunctionCallInvoke(call);
    return {result, call->isnull};
}

Value read(const Kind *kind, FunctionCallInfo outer, bytea *bytes) {
    if (kind->is_internal) return called(kind->read, outer, {{PointerGetDatum(bytes), false}, {0, true}});
    StringInfoData buffer;
    initStringInfo(&buffer); // ends with a zero, which some receive functions look for
    appendBinaryStringInfo(&buffer, VARDATA_ANY(bytes), static_cast<int>(VARSIZE_ANY_EXHDR(bytes)));
    return {ReceiveFunctionCall(const_cast<FmgrInfo *>(&kind->read), &buffer, kind->read_parameter, -1), false};
}

void put(const Kind *kind, State *state, Value value, MemoryContext context) {
    const bool is_reference = !kind->by_value && !state->is_null;
    if (value.is_null) {
        state->value = 0;
    } else if (!is_reference || DatumGetPointer(value.datum) != DatumGetPointer(state->value)) {
        state->value = kept(kind, value.datum, context);
    }
    state->is_null = value.is_null;
}

void add(const Kind *kind, FunctionCallInfo call, State *state, Value part, MemoryContext context) {
    if (kind->combine.fn_strict) {
        if (part.is_null) return;
        if (state->is_unset) {
            state->is_unset = false;
            return put(kind, state, part, context);
        }
        if (state->is_null) return;
    }
    put(kind, state, called(kind->combine, call, {{state->value, state->is_null}, part}), context);
}

} // namespace

Datum combine_state(FunctionCallInfo fcinfo) {
    MemoryContext context;
    if (!AggCheckCallContext(fcinfo, &context)) context = CurrentMemoryContext;
    const Kind *kind = known_kind(fcinfo, planned_call(fcinfo));
    State *state =
        PG_ARGISNULL(0) ? initial_state(kind, context) : reinterpret_cast<State *>(DatumGetPointer(PG_GETARG_DATUM(0)));
    const Value part = PG_ARGISNULL(3) ? Value{0, true} : read(kind, fcinfo, PG_GETARG_BYTEA_PP(3));
    add(kind, fcinfo, state, part, context);
    PG_RETURN_POINTER(state);
}

Datum finish_state(FunctionCallInfo fcinfo) {
    MemoryContext context;
    if (!AggCheckCallContext(fcinfo, &context)) context = CurrentMemoryContext;
    const Kind *kind = known_kind(fcinfo, planned_call(fcinfo));
    const State *state =
        PG_ARGISNULL(0) ? initial_state(kind, context) : reinterpret_cast<State *>(DatumGetPointer(PG_GETARG_DATUM(0)));
    Value result{state->value, state->is_null};
    if (kind->has_final) {
        LOCAL_FCINFO(final, FUNC_MAX_ARGS);
        InitFunctionCallInfoData(*final, const_cast<FmgrInfo *>(&kind->final),
                                 static_cast<short>(kind->final_arguments), fcinfo->fncollation, fcinfo->context,
                                 nullptr);
        final->args[0] = {MakeExpandedObjectReadOnly(state->value, state->is_null, kind->length), state->is_null};
        bool has_null = state->is_null;
        for (int i = 1; i < kind->final_arguments; i++) {
            final->args[i] = {0, true};
            has_null = true;
        }
        if (kind->final.fn_strict && has_null) PG_RETURN_NULL();
        result.datum = FunctionCallInvoke(final);
        result.is_null = final->isnull;
    }
    if (result.is_null) PG_RETURN_NULL();
    return result.datum;
}

} // namespace cedro::executor
