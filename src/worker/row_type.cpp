#include "worker/row_type.hpp"

#include "pg/planner.hpp"
#include "pg/walk.hpp"

namespace cedro::worker {

namespace {

// The queries around a node, innermost first: a Var counts its levels outwards.
struct Level {
    const Query *query;
    const Level *outer;
    std::span<const Swap> swaps;
};

Oid swapped_shard(const Var *var, const Level *level) {
    for (Index up = 0; up < var->varlevelsup && level; up++) level = level->outer;
    if (!level || IS_SPECIAL_VARNO(var->varno) || var->varno > list_length(level->query->rtable)) return InvalidOid;
    const RangeTblEntry *entry = rt_fetch(var->varno, level->query->rtable);
    if (entry->rtekind != RTE_RELATION) return InvalidOid;
    for (const Swap &each : level->swaps)
        if (each.shard == entry->relid) return each.shard;
    return InvalidOid;
}

Node *shard_row(const Var *var, Oid shard) {
    auto *row = static_cast<Var *>(copyObjectImpl(var));
    row->vartype = get_rel_type_id(shard);
    return reinterpret_cast<Node *>(row);
}

Node *as_shell_row(const Var *var, Oid shard) {
    auto *conversion = makeNode(ConvertRowtypeExpr);
    conversion->arg = reinterpret_cast<Expr *>(shard_row(var, shard));
    conversion->resulttype = var->vartype;
    conversion->convertformat = COERCE_IMPLICIT_CAST;
    conversion->location = -1;
    return reinterpret_cast<Node *>(conversion);
}

// By a function and not as a constant, for the reference may be on the
// nullable side of a join, or to a partition.
Node *as_shell_oid(const Var *var) {
    Oid arguments[] = {OIDOID};
    const Oid function = LookupFuncName(
        list_make2(makeString(pstrdup("citus_internal")), makeString(pstrdup("table_of_shard"))), 1, arguments, false);
    return reinterpret_cast<Node *>(
        makeFuncExpr(function, OIDOID, list_make1(copyObjectImpl(var)), InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
}

bool is_concerned(const Node *node) {
    if (!IsA(node, Var)) return false;
    const AttrNumber attribute = reinterpret_cast<const Var *>(node)->varattno;
    return attribute == InvalidAttrNumber || attribute == TableOidAttributeNumber;
}

Node *step(Node *node, void *argument) {
    if (node == nullptr) return nullptr;
    auto *level = static_cast<const Level *>(argument);
    if (IsA(node, Query)) {
        auto *query = reinterpret_cast<Query *>(node);
        Level inner{query, level, level->swaps};
        return reinterpret_cast<Node *>(query_tree_mutator(query, pg::as_mutator(step), &inner, 0));
    }
    if (is_concerned(node)) {
        auto *var = reinterpret_cast<Var *>(node);
        const Oid shard = swapped_shard(var, level);
        if (!OidIsValid(shard)) return static_cast<Node *>(copyObjectImpl(node));
        return var->varattno == InvalidAttrNumber ? as_shell_row(var, shard) : as_shell_oid(var);
    }
    Node *copy = expression_tree_mutator(node, pg::as_mutator(step), argument);
    if (IsA(copy, OnConflictExpr)) {
        // The planner looks its references up in this list: the whole row must stay a plain Var there.
        auto *conflict = reinterpret_cast<OnConflictExpr *>(copy);
        for (int i = 0; i < list_length(conflict->exclRelTlist); i++) {
            auto *entry = list_nth_node(TargetEntry, conflict->exclRelTlist, i);
            if (IsA(entry->expr, ConvertRowtypeExpr))
                entry->expr = reinterpret_cast<ConvertRowtypeExpr *>(entry->expr)->arg;
        }
    }
    return copy;
}

} // namespace

void keep_row_types(Query *query, std::span<const Swap> swaps) {
    if (swaps.empty()) return;
    const bool is_needed = pg::any_node(reinterpret_cast<Node *>(query), [](Node *node) { return is_concerned(node); });
    if (!is_needed) return;
    Level outermost{query, nullptr, swaps};
    *query = *query_tree_mutator(query, pg::as_mutator(step), &outermost, 0);
}

} // namespace cedro::worker
