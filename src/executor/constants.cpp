#include "executor/constants.hpp"

#include "pg/list.hpp"

namespace cedro::executor {

namespace {

Const *constant_of(ExprState *state, ExprContext *context) {
    auto *expression = reinterpret_cast<Node *>(state->expr);
    const Oid type = exprType(expression);
    int16 length;
    bool by_value;
    get_typlenbyval(type, &length, &by_value);
    bool is_null = false;
    Datum value = ExecEvalExprSwitchContext(state, context, &is_null);
    if (is_null)
        value = 0;
    else if (length == -1)
        value = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
    else
        value = datumCopy(value, by_value, length);
    return makeConst(type, exprTypmod(expression), exprCollation(expression), length, value, is_null, by_value);
}

} // namespace

List *constants_of(const List *expression_states, ExprContext *context) {
    List *constants = NIL;
    for (ExprState *state : pg::ListOf<ExprState>(expression_states))
        constants = lappend(constants, constant_of(state, context));
    return constants;
}

} // namespace cedro::executor
