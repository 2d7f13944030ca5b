#include "planner/columns.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "planner/pushable.hpp"

namespace cedro::planner {

namespace {

Oid hash_family(const Node *node) {
    return lookup_type_cache(getBaseType(exprType(node)), TYPECACHE_HASH_OPFAMILY)->hash_opf;
}

bool is_collation_good(Oid collation, const Node *node) {
    const Oid own = exprCollation(node);
    if (!OidIsValid(own) || own == collation) return true;
    return OidIsValid(collation) && get_collation_isdeterministic(collation) && get_collation_isdeterministic(own);
}

bool is_value(const Node *node) { return is_independent(node) && is_pushable(node); }

// Something that can be equal to a key.
bool is_member(Block &block, const Node *node) {
    if (IsA(node, Var)) return true;
    // The merged column of a full join counts only where a join made it one.
    if (IsA(node, CoalesceExpr))
        for (const Node *each : block.members)
            if (equal(each, node)) return true;
    return is_value(node);
}

std::optional<ColumnSet> equality(Block &block, const Node *conjunct) {
    if (!IsA(conjunct, OpExpr)) return std::nullopt;
    const auto *expression = reinterpret_cast<const OpExpr *>(conjunct);
    if (list_length(expression->args) != 2) return std::nullopt;
    const Node *left = bare(static_cast<const Node *>(linitial(expression->args)));
    const Node *right = bare(static_cast<const Node *>(lsecond(expression->args)));
    if (!is_hash_equality(expression->opno, expression->inputcollid, left, right)) return std::nullopt;
    if (!is_member(block, left) || !is_member(block, right)) return std::nullopt;
    const ColumnSet one = set_of(block, left);
    const ColumnSet other = set_of(block, right);
    if (!one || !other || one == other) return std::nullopt;
    return one | other;
}

bool is_outer_key(Block &block, const Node *member, int32_t layout) {
    if (!IsA(member, Var)) {
        for (Block *outer = block.outer; outer; outer = outer->outer)
            if (outer->rows.layout == layout && is_value(member) && (set_of(*outer, member) & outer->rows.keys()))
                return true;
        return false;
    }
    const auto *var = reinterpret_cast<const Var *>(member);
    if (var->varlevelsup == 0) return false;
    Block *outer = level_of(block, var->varlevelsup);
    if (!outer || outer->rows.layout != layout) return false;
    if (outer->rows.kind != LocusKind::Part && outer->rows.kind != LocusKind::Bound) return false;
    auto *own = static_cast<Var *>(copyObjectImpl(var));
    own->varlevelsup = 0;
    return (set_of(*outer, reinterpret_cast<Node *>(own)) & outer->rows.keys()) != 0;
}

} // namespace

const Node *bare(const Node *node) {
    while (node && IsA(node, RelabelType))
        node = reinterpret_cast<const Node *>(reinterpret_cast<const RelabelType *>(node)->arg);
    return node;
}

int number_of(Block &block, const Node *node) {
    for (size_t i = 0; i < block.members.size(); i++)
        if (equal(block.members[i], node)) return static_cast<int>(i);
    if (block.members.size() == kMaximumColumns) return -1;
    block.members.push(node);
    return static_cast<int>(block.members.size()) - 1;
}

ColumnSet set_of(Block &block, const Node *node) {
    const int number = number_of(block, node);
    return number < 0 ? 0 : ColumnSet{1} << number;
}

ColumnSet known_set_of(const Block &block, const Node *node) {
    for (size_t i = 0; i < block.members.size(); i++)
        if (equal(block.members[i], node)) return ColumnSet{1} << i;
    return 0;
}

ColumnSet columns_of_relations(const Block &block, Relids relids) {
    ColumnSet result = 0;
    for (size_t i = 0; i < block.members.size(); i++) {
        Relids own = pull_varnos(nullptr, const_cast<Node *>(block.members[i]));
        if (!bms_is_empty(own) && bms_is_subset(own, relids)) result |= ColumnSet{1} << i;
    }
    return result;
}

bool is_hash_equality(Oid operator_oid, Oid collation, const Node *left, const Node *right) {
    const Oid family = hash_family(left);
    return OidIsValid(family) && family == hash_family(right) &&
           get_op_opfamily_strategy(operator_oid, family) == HTEqualStrategyNumber &&
           is_collation_good(collation, left) && is_collation_good(collation, right);
}

pg::Vector<ColumnSet> classes_of(Block &block, const List *conjuncts) {
    pg::Vector<ColumnSet> classes;
    for (const Node *conjunct : pg::ListOf<const Node>(conjuncts)) {
        std::optional<ColumnSet> merged = equality(block, conjunct);
        if (!merged) continue;
        size_t kept = 0;
        for (ColumnSet each : classes) {
            if (each & *merged)
                *merged |= each;
            else
                classes[kept++] = each;
        }
        classes.resize_down(kept);
        classes.push(*merged);
    }
    return classes;
}

Block *level_of(Block &block, Index levels_up) {
    Block *level = &block;
    while (level && levels_up-- > 0) level = level->outer;
    return level;
}

Locus outer_row(Block &block, int32_t layout) {
    Locus row;
    row.kind = LocusKind::Bound;
    row.layout = layout;
    for (size_t i = 0; i < block.members.size(); i++)
        if (is_outer_key(block, block.members[i], layout)) row.strong |= ColumnSet{1} << i;
    return row;
}

List *folded(Node *qual) {
    if (!qual) return NIL;
    Node *simple = eval_const_expressions(nullptr, static_cast<Node *>(copyObjectImpl(qual)));
    return make_ands_implicit(canonicalize_qual(reinterpret_cast<Expr *>(simple), false));
}

} // namespace cedro::planner
