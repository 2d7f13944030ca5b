#include "worker/shard_default.hpp"

#include "pg/list.hpp"
#include "pg/planner.hpp"

namespace cedro::worker {

namespace {

[[noreturn]] void refuse(const ColumnDef *column) {
    ereport(ERROR,
            (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
             errmsg("cannot add column \"%s\" with a default that differs from row to row to a distributed table",
                    column->colname),
             errhint("Add the column without a default, fill it with UPDATE, then set the default.")));
}

bool is_serial(const TypeName *type) {
    if (list_length(type->names) != 1) return false;
    const char *name = strVal(linitial(type->names));
    for (const char *each : {"smallserial", "serial2", "serial", "serial4", "bigserial", "serial8"})
        if (strcmp(name, each) == 0) return true;
    return false;
}

const char *value_of(const ColumnDef *column, Node *raw) {
    int32 modifier = -1;
    Oid type = InvalidOid;
    ParseState *state = make_parsestate(nullptr);
    typenameTypeIdAndMod(state, column->typeName, &type, &modifier);
    Node *cooked = cookDefault(state, static_cast<Node *>(copyObjectImpl(raw)), type, modifier, column->colname, '\0');
    if (contain_volatile_functions(cooked)) refuse(column);
    if (!contain_mutable_functions(cooked)) return nullptr;
    auto *root = makeNode(PlannerInfo); // it asks for bound parameters, and there are none
    root->glob = makeNode(PlannerGlobal);
    Node *value = estimate_expression_value(root, cooked);
    if (!IsA(value, Const)) refuse(column);
    const auto *constant = reinterpret_cast<const Const *>(value);
    if (constant->constisnull) return nullptr;
    Oid output = InvalidOid;
    bool is_varlena = false;
    getTypeOutputInfo(constant->consttype, &output, &is_varlena);
    return OidOutputFunctionCall(output, constant->constvalue);
}

// Calls visit(column, constraint) for each default of an added column.
template <typename Visit>
void each_default(const Node *statement, Visit &&visit) {
    if (!IsA(statement, AlterTableStmt)) return;
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(castNode(AlterTableStmt, statement)->cmds)) {
        if (command->subtype != AT_AddColumn) continue;
        auto *column = castNode(ColumnDef, command->def);
        if (is_serial(column->typeName)) refuse(column);
        for (Constraint *each : pg::ListOf<Constraint>(column->constraints)) {
            if (each->contype == CONSTR_IDENTITY) refuse(column);
            if (each->contype == CONSTR_DEFAULT) visit(column, each);
        }
    }
}

} // namespace

List *default_values(const Node *statement) {
    List *values = NIL;
    each_default(statement, [&](const ColumnDef *column, const Constraint *constraint) {
        values = lappend(values, const_cast<char *>(value_of(column, constraint->raw_expr)));
    });
    return values;
}

void set_default_values(Node *statement, List **values) {
    each_default(statement, [&](const ColumnDef *column, Constraint *constraint) {
        if (!*values) return;
        auto *value = static_cast<char *>(linitial(*values));
        *values = list_delete_first(*values);
        if (!value) return;
        auto *literal = makeNode(A_Const);
        literal->val.sval.type = T_String;
        literal->val.sval.sval = value;
        literal->location = -1;
        auto *cast = makeNode(TypeCast);
        cast->arg = reinterpret_cast<Node *>(literal);
        cast->typeName = static_cast<TypeName *>(copyObjectImpl(column->typeName));
        cast->location = -1;
        constraint->raw_expr = reinterpret_cast<Node *>(cast);
    });
}

} // namespace cedro::worker
