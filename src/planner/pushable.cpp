#include "planner/pushable.hpp"

#include "catalog/relation.hpp"
#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "plan/exchange.hpp"
#include "plan/task_text.hpp"
#include "table/table.hpp"

namespace cedro::planner {

namespace {

// Volatile functions that give the same kind of answer wherever they run.
constexpr Oid kPlacelessFunctions[] = {F_RANDOM, F_GEN_RANDOM_UUID, F_CLOCK_TIMESTAMP, F_TIMEOFDAY};

// Stable functions of these look into catalogs, where object ids differ from node to node.
constexpr Oid kLocalTypes[] = {OIDOID,     XIDOID,         CIDOID,           XID8OID,        REFCURSOROID,
                               ACLITEMOID, PG_SNAPSHOTOID, TXID_SNAPSHOTOID, PG_NODE_TREEOID};

bool is_registered(Oid class_oid, Oid object) {
    bool found = false;
    catalog::scan(catalog::Relation::Object, 2, F_OIDEQ, ObjectIdGetDatum(object), nullptr,
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      found |= DatumGetObjectId(catalog::column(tuple, descriptor, 1)) == class_oid;
                  });
    return found;
}

bool is_local_type(Oid type) {
    type = getBaseType(type);
    if (Oid element = get_element_type(type); OidIsValid(element)) type = element;
    switch (type) {
    case REGCLASSOID:
    case REGTYPEOID:
    case REGPROCOID:
    case REGPROCEDUREOID:
    case REGOPEROID:
    case REGOPERATOROID:
    case REGCONFIGOID:
    case REGDICTIONARYOID:
    case REGROLEOID:
    case REGNAMESPACEOID:
    case REGCOLLATIONOID: return true;
    default: return std::ranges::find(kLocalTypes, type) != std::end(kLocalTypes);
    }
}

struct Function {
    Oid oid;
    char volatility;
    Oid language;
    bool is_builtin; ///< in pg_catalog from initdb on
    bool has_local_types;
    NameData name;
};

Function function_of(Oid oid) {
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("function with OID %u does not exist", oid)));
    const auto *row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    Function function{
        oid, row->provolatile, row->prolang, oid < FirstNormalObjectId, is_local_type(row->prorettype), row->proname};
    for (int i = 0; i < row->proargtypes.dim1; i++)
        function.has_local_types |= is_local_type(row->proargtypes.values[i]);
    ReleaseSysCache(tuple);
    return function;
}

bool starts_with(const NameData &name, const char *prefix) {
    return strncmp(NameStr(name), prefix, strlen(prefix)) == 0;
}

// Stable functions of rows: those built into the server that depend on settings alone, which tasks carry along.
bool is_settings_only(const Function &function) {
    if (!function.is_builtin || function.has_local_types) return false;
    if (function.language != INTERNALlanguageId && function.language != SQLlanguageId) return false;
    // age(timestamptz) looks at the clock.
    for (const char *prefix : {"age", "pg_", "has_", "txid_", "current_", "to_reg", "row_security"})
        if (starts_with(function.name, prefix)) return false;
    return true;
}

bool is_function_pushable(Oid oid, void *) {
    const Function function = function_of(oid);
    bool is_good = exists_everywhere(ProcedureRelationId, oid);
    switch (function.volatility) {
    case PROVOLATILE_IMMUTABLE: break;
    case PROVOLATILE_STABLE: is_good = is_good && is_settings_only(function); break;
    default: is_good = std::ranges::find(kPlacelessFunctions, oid) != std::end(kPlacelessFunctions);
    }
    return is_good;
}

bool is_function_bad(Oid oid, void *context) { return !is_function_pushable(oid, context); }
bool is_function_stable(Oid oid, void *) { return func_volatile(oid) == PROVOLATILE_STABLE; }
bool is_function_volatile(Oid oid, void *) { return func_volatile(oid) == PROVOLATILE_VOLATILE; }

bool is_function_added(Oid oid, void *) { return oid >= FirstNormalObjectId; }

bool is_type_known(Oid type) {
    if (type < FirstNormalObjectId) return true;
    if (Oid element = get_element_type(type); OidIsValid(element)) return is_type_known(element);
    if (Oid relid = get_typ_typrelid(type); OidIsValid(relid) && table::is_shell(relid)) return true;
    return exists_everywhere(TypeRelationId, type);
}

// Expressions that evaluate to one value of their own, without help from around them.
bool is_standalone(const Node *node) {
    switch (nodeTag(node)) {
    case T_FuncExpr:
    case T_OpExpr:
    case T_DistinctExpr:
    case T_NullIfExpr:
    case T_ScalarArrayOpExpr:
    case T_CoerceViaIO:
    case T_SQLValueFunction:
    case T_RelabelType:
    case T_CoalesceExpr:
    case T_CaseExpr:
    case T_MinMaxExpr:
    case T_ArrayExpr:
    case T_ArrayCoerceExpr: return true;
    default: return false;
    }
}

// Something in the expression gets its value from elsewhere in the query.
bool depends_on_query(Node *node) {
    return pg::any_node(node, [](Node *each) {
        switch (nodeTag(each)) {
        case T_Var:
        case T_Aggref:
        case T_GroupingFunc:
        case T_WindowFunc:
        case T_SubLink:
        case T_SubPlan:
        case T_AlternativeSubPlan:
        case T_Query:
        case T_PlaceHolderVar:
        case T_CoerceToDomainValue:
        case T_SetToDefault: return true;
        case T_Param:
            return reinterpret_cast<Param *>(each)->paramkind == PARAM_SUBLINK ||
                   reinterpret_cast<Param *>(each)->paramkind == PARAM_MULTIEXPR;
        case T_FuncExpr: return reinterpret_cast<FuncExpr *>(each)->funcretset;
        case T_OpExpr: return reinterpret_cast<OpExpr *>(each)->opretset;
        default: return check_functions_in_node(each, is_function_volatile, nullptr);
        }
    });
}

bool is_stable(Node *node) {
    return pg::any_node(node, [](Node *each) {
        return IsA(each, SQLValueFunction) || check_functions_in_node(each, is_function_stable, nullptr);
    });
}

// Evaluated on this node once, its value goes with the task.
bool is_hoistable(Node *node) {
    if (!is_standalone(node)) return false;
    const Oid type = exprType(node);
    return type != RECORDOID && get_typtype(type) != TYPTYPE_PSEUDO && is_type_known(type) && is_stable(node) &&
           !depends_on_query(node);
}

// A CaseTestExpr means the CASE above it, so its part alone must not be cut out.
bool has_free_case_test(Node *node) {
    return !IsA(node, CaseExpr) && !IsA(node, ArrayCoerceExpr) &&
           pg::any_node(node, [](Node *each) { return IsA(each, CaseTestExpr); });
}

bool is_value(Node *node) { return is_hoistable(node) && !has_free_case_test(node); }

bool is_param_pushable(const Param *param) {
    if (param->paramkind == PARAM_SUBLINK || param->paramkind == PARAM_MULTIEXPR) return true;
    return param->paramtype != RECORDOID && get_typtype(param->paramtype) != TYPTYPE_PSEUDO &&
           is_type_known(param->paramtype);
}

// Casts to and from types whose values are object ids.
bool is_cast_of_local(const Node *node, const Node *argument) {
    return is_local_type(exprType(node)) || is_local_type(exprType(argument));
}

// The text ROW(…) calls its columns f1, f2 …; the row of a join has others.
bool has_own_names(const RowExpr *row) {
    if (row->row_typeid != RECORDOID) return false;
    for (int i = 0; i < list_length(row->colnames); i++)
        if (strcmp(strVal(list_nth(row->colnames, i)), psprintf("f%d", i + 1)) != 0) return true;
    return false;
}

// The node itself, not what is below it.
bool is_bad(Node *node) {
    switch (nodeTag(node)) {
    case T_SubPlan:
    case T_AlternativeSubPlan:
    case T_PlaceHolderVar:
    case T_CurrentOfExpr:
    case T_NextValueExpr: return true;
    case T_Var: return reinterpret_cast<Var *>(node)->varattno == TableOidAttributeNumber;
    case T_Param: return !is_param_pushable(reinterpret_cast<Param *>(node));
    case T_Const: {
        const auto *constant = reinterpret_cast<Const *>(node);
        return constant->consttype == RECORDOID || !is_type_known(constant->consttype);
    }
    case T_RelabelType:
        return is_cast_of_local(node, reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(node)->arg));
    case T_CoerceViaIO:
        if (is_cast_of_local(node, reinterpret_cast<Node *>(reinterpret_cast<CoerceViaIO *>(node)->arg))) return true;
        return !is_type_known(exprType(node));
    case T_FuncExpr:
        if (plan::is_exchange_call(node)) return false;
        if (is_local_type(exprType(node))) return true;
        break;
    case T_RowExpr:
        if (has_own_names(reinterpret_cast<RowExpr *>(node))) return true;
        return !is_type_known(exprType(node));
    case T_CoerceToDomain:
    case T_ConvertRowtypeExpr:
        if (!is_type_known(exprType(node))) return true;
        break;
    default: break;
    }
    return check_functions_in_node(node, is_function_bad, nullptr);
}

// True when something bad is there that cannot be evaluated here beforehand. The context tells whether DEFAULT may
// stand there.
bool has_bad(Node *node, void *context) {
    if (node == nullptr || IsA(node, RangeTblEntry)) return false;
    if (IsA(node, SetToDefault)) return !*static_cast<const bool *>(context);
    if (IsA(node, Query)) return query_tree_walker(reinterpret_cast<Query *>(node), pg::as_walker(has_bad), context, 0);
    if (is_value(node)) return false;
    if (is_bad(node)) return true;
    return expression_tree_walker(node, pg::as_walker(has_bad), context);
}

} // namespace

bool exists_everywhere(Oid class_oid, Oid object) {
    if (object < FirstNormalObjectId) return true;
    if (is_registered(class_oid, object)) return true;
    const Oid extension = getExtensionOfObject(class_oid, object);
    return OidIsValid(extension) &&
           (extension == get_extension_oid("citus", true) || is_registered(ExtensionRelationId, extension));
}

bool is_pushable(const Node *tree) {
    // After with_defaults() only generated columns of an UPDATE are set to DEFAULT.
    bool allows_default = IsA(tree, Query) && reinterpret_cast<const Query *>(tree)->commandType == CMD_UPDATE;
    return !has_bad(const_cast<Node *>(tree), &allows_default);
}

bool has_assignment(const Node *tree) {
    return pg::any_node(const_cast<Node *>(tree), [](Node *each) {
        return IsA(each, FieldStore) ||
               (IsA(each, SubscriptingRef) && reinterpret_cast<SubscriptingRef *>(each)->refassgnexpr);
    });
}

bool is_independent(const Node *expression) { return !depends_on_query(const_cast<Node *>(expression)); }

bool travels(const Node *expression) {
    const Oid type = exprType(expression);
    return type != RECORDOID && type != RECORDARRAYOID;
}

bool has_portable_bytes(Oid type) {
    if (is_local_type(type) || !is_type_known(type)) return false;
    const char kind = get_typtype(getBaseType(type));
    if (kind != TYPTYPE_BASE && kind != TYPTYPE_ENUM) return false;
    if (Oid element = get_element_type(getBaseType(type)); OidIsValid(element)) return has_portable_bytes(element);
    HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(getBaseType(type)));
    if (!HeapTupleIsValid(tuple)) return false;
    const auto *row = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
    const bool has_functions = OidIsValid(row->typsend) && OidIsValid(row->typreceive);
    ReleaseSysCache(tuple);
    return has_functions;
}

bool travel(const List *targets) {
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(targets))
        if (!travels(reinterpret_cast<const Node *>(target->expr))) return false;
    return true;
}

bool has_code(const Node *tree) {
    return pg::any_node(const_cast<Node *>(tree), [](Node *each) {
        if (IsA(each, CoerceToDomain)) return exprType(each) >= FirstNormalObjectId;
        return check_functions_in_node(each, is_function_added, nullptr);
    });
}

bool is_volatile(const Node *tree) {
    return pg::any_node(const_cast<Node *>(tree), [](Node *each) {
        return IsA(each, NextValueExpr) || check_functions_in_node(each, is_function_volatile, nullptr);
    });
}

bool keeps_collations(const Node *expression) {
    auto *copy = static_cast<Node *>(copyObjectImpl(expression));
    assign_expr_collations(nullptr, copy);
    return equal(copy, expression);
}

namespace {

Node *parameter_for(Node *node, List **values) {
    *values = lappend(*values, copyObjectImpl(node));
    auto *param = makeNode(Param);
    param->paramkind = PARAM_EXTERN;
    param->paramid = list_length(*values);
    param->paramtype = exprType(node);
    param->paramtypmod = exprTypmod(node);
    param->paramcollid = exprCollation(node);
    param->location = -1;
    return reinterpret_cast<Node *>(param);
}

bool is_column(const Node *node) {
    while (node && IsA(node, RelabelType))
        node = reinterpret_cast<const Node *>(reinterpret_cast<const RelabelType *>(node)->arg);
    return node && IsA(node, Var);
}

void take_compared(OpExpr *comparison, List **values) {
    if (list_length(comparison->args) != 2) return;
    auto *left = static_cast<Node *>(linitial(comparison->args));
    auto *right = static_cast<Node *>(lsecond(comparison->args));
    const int position = is_column(left) ? 1 : 0;
    auto *constant = position == 1 ? right : left;
    if (!is_column(position == 1 ? left : right) || !IsA(constant, Const)) return;
    const auto *value = reinterpret_cast<Const *>(constant);
    if (value->constisnull || value->consttypmod != -1 || !plan::can_be_parameter(value->consttype, value->constcollid))
        return;
    list_nth_cell(comparison->args, position)->ptr_value = parameter_for(constant, values);
}

void take_from_qual(Node *qual, List **values) {
    if (!qual) return;
    if (IsA(qual, OpExpr)) return take_compared(reinterpret_cast<OpExpr *>(qual), values);
    if (!is_andclause(qual)) return;
    for (Node *each : pg::ListOf<Node>(reinterpret_cast<BoolExpr *>(qual)->args)) take_from_qual(each, values);
}

} // namespace

void take_constants(Query *query, List **values) {
    if (query->jointree) take_from_qual(query->jointree->quals, values);
}

Node *with_parameters(const Node *tree, List **values) {
    return pg::replaced(const_cast<Node *>(tree), [&](Node *node) -> Node * {
        bool is_param = false;
        if (IsA(node, Param)) {
            const ParamKind kind = reinterpret_cast<Param *>(node)->paramkind;
            is_param = kind == PARAM_EXTERN || kind == PARAM_EXEC;
        } else if (IsA(node, Query) || IsA(node, List) || !is_value(node)) {
            return nullptr;
        }
        if (IsA(node, Param) && !is_param) return nullptr;
        return parameter_for(node, values);
    });
}

} // namespace cedro::planner
