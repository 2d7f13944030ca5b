#include "plan/pruning.hpp"

#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/list.hpp"

namespace cedro::plan {

namespace {

const TypeCacheEntry *hashing_of(Oid type) {
    return lookup_type_cache(type, TYPECACHE_HASH_OPFAMILY | TYPECACHE_HASH_PROC);
}

Bitmapset *all_of(const table::Table &table) {
    return table.shards.empty() ? nullptr : bms_add_range(nullptr, 0, static_cast<int>(table.shards.size()) - 1);
}

// The node below relabelings, which keep the value's bytes.
const Node *bare(const Node *node) {
    while (node && IsA(node, RelabelType))
        node = reinterpret_cast<const Node *>(reinterpret_cast<const RelabelType *>(node)->arg);
    return node;
}

bool is_key(const table::Table &table, const Node *node) {
    node = bare(node);
    if (!node || !IsA(node, Var)) return false;
    const auto *var = reinterpret_cast<const Var *>(node);
    return var->varno == 1 && var->varlevelsup == 0 && var->varattno == table.key;
}

// key = value or value = key: the value's side, else nullptr.
const Node *equals_key(const table::Table &table, Oid operator_oid, Oid collation, const List *arguments) {
    if (list_length(arguments) != 2 || !is_key_equality(table, operator_oid, collation)) return nullptr;
    auto *left = static_cast<const Node *>(linitial(arguments));
    auto *right = static_cast<const Node *>(lsecond(arguments));
    if (is_key(table, left)) return right;
    if (is_key(table, right)) return left;
    return nullptr;
}

Bitmapset *equal_to(const table::Table &table, const Const *value) {
    if (value->constisnull) return nullptr; // equality with NULL holds for no row
    const std::optional<int> ordinal = ordinal_of_value(table, value->constvalue, false, value->consttype);
    return ordinal ? bms_make_singleton(*ordinal) : all_of(table);
}

Bitmapset *equal_to_any(const table::Table &table, const Const *array) {
    if (array->constisnull) return nullptr;
    const Oid type = get_element_type(getBaseType(array->consttype));
    if (!OidIsValid(type)) return all_of(table);
    int16 length;
    bool by_value;
    char align;
    get_typlenbyvalalign(type, &length, &by_value, &align);
    Datum *values;
    bool *nulls;
    int count;
    deconstruct_array(DatumGetArrayTypeP(array->constvalue), type, length, by_value, align, &values, &nulls, &count);
    Bitmapset *result = nullptr;
    for (int i = 0; i < count; i++) {
        if (nulls[i]) continue;
        const std::optional<int> ordinal = ordinal_of_value(table, values[i], false, type);
        if (!ordinal) return all_of(table);
        result = bms_add_member(result, *ordinal);
    }
    return result;
}

Bitmapset *ordinals_of_list(const table::Table &table, const List *quals, bool is_and) {
    Bitmapset *result = is_and ? all_of(table) : nullptr;
    for (const Node *each : pg::ListOf<const Node>(quals)) {
        Bitmapset *part = ordinals(table, each);
        result = is_and ? bms_int_members(result, part) : bms_add_members(result, part);
    }
    return result;
}

const Const *constant(const Node *node) {
    node = bare(node);
    return node && IsA(node, Const) ? reinterpret_cast<const Const *>(node) : nullptr;
}

Bitmapset *ordinals_of_null_test(const table::Table &table, const NullTest *test) {
    if (test->nulltesttype != IS_NULL || !is_key(table, reinterpret_cast<const Node *>(test->arg)))
        return all_of(table);
    return bms_make_singleton(table::ordinal_of(table, 0, true));
}

} // namespace

bool is_key_equality(const table::Table &table, Oid operator_oid, Oid collation) {
    if (!table.is_hash()) return false;
    const TypeCacheEntry *hashing = hashing_of(table.key_type);
    if (!OidIsValid(hashing->hash_opf) ||
        get_op_opfamily_strategy(operator_oid, hashing->hash_opf) != HTEqualStrategyNumber)
        return false;
    // Deterministic collations all mean bytewise equality; another one must be the column's own.
    if (!OidIsValid(table.key_collation) || collation == table.key_collation) return true;
    return OidIsValid(collation) && get_collation_isdeterministic(collation) &&
           get_collation_isdeterministic(table.key_collation);
}

bool ordinals_are_known(const table::Table &table, Oid type) {
    if (getBaseType(type) == getBaseType(table.key_type)) return true;
    const TypeCacheEntry *hashing = hashing_of(getBaseType(type));
    return OidIsValid(hashing->hash_proc) && hashing->hash_opf == hashing_of(table.key_type)->hash_opf;
}

std::optional<int> ordinal_of_value(const table::Table &table, Datum value, bool is_null, Oid type) {
    if (is_null || !table.is_hash()) return table::ordinal_of(table, 0, true);
    type = getBaseType(type);
    if (type == getBaseType(table.key_type)) return table::ordinal_of(table, value, false);
    if (!ordinals_are_known(table, type)) return std::nullopt;
    const int32 hashed = DatumGetInt32(OidFunctionCall1Coll(hashing_of(type)->hash_proc, table.key_collation, value));
    const int ordinal = hash::ordinal_of(hashed, table.ranges);
    return ordinal < 0 ? std::nullopt : std::optional<int>(ordinal);
}

Bitmapset *ordinals(const table::Table &table, const Node *qual) {
    if (!qual || !table.is_hash()) return all_of(table);
    switch (nodeTag(qual)) {
    case T_List: return ordinals_of_list(table, reinterpret_cast<const List *>(qual), true);
    case T_BoolExpr: {
        const auto *expression = reinterpret_cast<const BoolExpr *>(qual);
        if (expression->boolop == NOT_EXPR) return all_of(table);
        return ordinals_of_list(table, expression->args, expression->boolop == AND_EXPR);
    }
    case T_OpExpr: {
        const auto *expression = reinterpret_cast<const OpExpr *>(qual);
        const Const *value = constant(equals_key(table, expression->opno, expression->inputcollid, expression->args));
        return value ? equal_to(table, value) : all_of(table);
    }
    case T_ScalarArrayOpExpr: {
        const auto *expression = reinterpret_cast<const ScalarArrayOpExpr *>(qual);
        auto *left = static_cast<const Node *>(linitial(expression->args));
        const Const *array = constant(static_cast<const Node *>(lsecond(expression->args)));
        if (!expression->useOr || !array || !is_key(table, left) ||
            !is_key_equality(table, expression->opno, expression->inputcollid))
            return all_of(table);
        return equal_to_any(table, array);
    }
    case T_NullTest: return ordinals_of_null_test(table, reinterpret_cast<const NullTest *>(qual));
    case T_Const: {
        const auto *value = reinterpret_cast<const Const *>(qual);
        const bool is_true = !value->constisnull && DatumGetBool(value->constvalue);
        return value->consttype == BOOLOID && !is_true ? nullptr : all_of(table);
    }
    default: return all_of(table);
    }
}

const Node *value_of_one_group(const table::Table &table, const Node *qual) {
    if (!qual || !table.is_hash()) return nullptr;
    if (IsA(qual, List) || is_andclause(qual)) {
        const List *quals =
            IsA(qual, List) ? reinterpret_cast<const List *>(qual) : reinterpret_cast<const BoolExpr *>(qual)->args;
        for (const Node *each : pg::ListOf<const Node>(quals))
            if (const Node *value = value_of_one_group(table, each)) return value;
        return nullptr;
    }
    if (!IsA(qual, OpExpr)) return nullptr;
    const auto *expression = reinterpret_cast<const OpExpr *>(qual);
    const Node *value = bare(equals_key(table, expression->opno, expression->inputcollid, expression->args));
    if (!value || contain_var_clause(const_cast<Node *>(value)) ||
        contain_volatile_functions(const_cast<Node *>(value)))
        return nullptr;
    return ordinals_are_known(table, exprType(value)) ? value : nullptr;
}

bool names_one_group(const table::Table &table, const Node *qual) {
    return table.shards.size() == 1 || value_of_one_group(table, qual) ||
           bms_membership(ordinals(table, qual)) != BMS_MULTIPLE;
}

} // namespace cedro::plan
