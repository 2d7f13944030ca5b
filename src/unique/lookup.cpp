#include "unique/lookup.hpp"

#include "pg/catalog.hpp"
#include "pg/index.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "plan/value_text.hpp"
#include "unique/entry.hpp"
#include "unique/global_key.hpp"

namespace cedro::unique {

namespace {

const Node *bare(const Node *node) {
    while (node && IsA(node, RelabelType))
        node = reinterpret_cast<const Node *>(reinterpret_cast<const RelabelType *>(node)->arg);
    return node;
}

// The constant that the qual holds equal to a column, compared as the index compares.
const Const *value_of(const Node *qual, AttrNumber attribute, Oid family, Oid collation) {
    if (!qual) return nullptr;
    if (IsA(qual, List) || is_andclause(qual)) {
        const List *parts =
            IsA(qual, List) ? reinterpret_cast<const List *>(qual) : reinterpret_cast<const BoolExpr *>(qual)->args;
        for (const Node *part : pg::ListOf<const Node>(parts))
            if (const Const *value = value_of(part, attribute, family, collation)) return value;
        return nullptr;
    }
    if (!IsA(qual, OpExpr)) return nullptr;
    const auto *expression = reinterpret_cast<const OpExpr *>(qual);
    if (list_length(expression->args) != 2 || expression->inputcollid != collation ||
        get_op_opfamily_strategy(expression->opno, family) != BTEqualStrategyNumber)
        return nullptr;
    const Node *left = bare(static_cast<const Node *>(linitial(expression->args)));
    const Node *right = bare(static_cast<const Node *>(lsecond(expression->args)));
    if (left && IsA(left, Const)) std::swap(left, right);
    if (!left || !right || !IsA(left, Var) || !IsA(right, Const)) return nullptr;
    const auto *column = reinterpret_cast<const Var *>(left);
    const auto *value = reinterpret_cast<const Const *>(right);
    const bool is_same = column->varno == 1 && column->varlevelsup == 0 && column->varattno == attribute;
    return is_same && !value->constisnull ? value : nullptr;
}

// The constants that the qual names for all columns of the index; empty when it does not name them all.
pg::Vector<const Const *> constants_for(Relation index, Oid key_table, const Node *qual) {
    pg::Vector<const Const *> constants;
    // An expression or a partial index needs a proof that this does not attempt.
    if (RelationGetIndexExpressions(index) != NIL || RelationGetIndexPredicate(index) != NIL) return constants;
    for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++) {
        const Const *value =
            value_of(qual, index->rd_index->indkey.values[i], index->rd_opfamily[i], index->rd_indcollation[i]);
        const Oid type = get_atttype(key_table, static_cast<AttrNumber>(i + 1));
        if (!value || getBaseType(value->consttype) != getBaseType(type)) return pg::Vector<const Const *>();
        constants.push(value);
    }
    return constants;
}

pg::Vector<const char *> texts_of(Oid key_table, std::span<const Const *const> constants) {
    pg::Vector<const char *> texts;
    pg::with_relation(key_table, AccessShareLock, [&](Relation relation) {
        plan::ValueWriter writer = plan::make_value_writer(RelationGetDescr(relation));
        plan::with_exact_output(writer, [&] {
            for (size_t i = 0; i < constants.size(); i++)
                texts.push(plan::text_of(writer, static_cast<AttrNumber>(i + 1), constants[i]->constvalue));
        });
    });
    return texts;
}

} // namespace

std::optional<int> ordinal_by_key(const table::Table &table, const Node *qual) {
    if (!qual || !any_keys()) return std::nullopt;
    for (const GlobalKey &key : keys_of(table.relid)) {
        const pg::Vector<const Const *> constants = pg::with_relation(
            key.index, AccessShareLock, [&](Relation index) { return constants_for(index, key.key_table, qual); });
        if (constants.empty()) continue;
        const pg::Vector<const char *> values = texts_of(key.key_table, constants);
        const KeyEntry entry{0, values};
        const std::optional<int32> home = find_homes(key, {&entry, 1}, false)[0];
        if (!home) return std::nullopt;
        const int ordinal = hash::ordinal_of(*home, table.ranges);
        return ordinal < 0 ? std::nullopt : std::optional<int>(ordinal);
    }
    return std::nullopt;
}

} // namespace cedro::unique
