#include "planner/row_bound.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "plan/fragment.hpp"
#include "planner/columns.hpp"
#include "planner/pushable.hpp"

namespace cedro::planner {

namespace {

bool has_small_limit(const Query *query) {
    Node *count = eval_const_expressions(nullptr, static_cast<Node *>(copyObjectImpl(query->limitCount)));
    if (!count || !IsA(count, Const) || query->limitOption == LIMIT_OPTION_WITH_TIES) return false;
    const auto *constant = reinterpret_cast<Const *>(count);
    return !constant->constisnull && DatumGetInt64(constant->constvalue) <= plan::kFewRows;
}

// Columns of table 1 that a conjunct holds equal to one value.
struct Equality {
    AttrNumber attribute;
    Oid operator_oid;
    Oid collation;
};

pg::Vector<Equality> equalities_of(const Query *query) {
    pg::Vector<Equality> equalities;
    for (const Node *conjunct :
         pg::ListOf<const Node>(make_ands_implicit(reinterpret_cast<Expr *>(query->jointree->quals)))) {
        if (!IsA(conjunct, OpExpr)) continue;
        const auto *expression = reinterpret_cast<const OpExpr *>(conjunct);
        if (list_length(expression->args) != 2) continue;
        const Node *left = bare(static_cast<const Node *>(linitial(expression->args)));
        const Node *right = bare(static_cast<const Node *>(lsecond(expression->args)));
        if (!IsA(left, Var)) std::swap(left, right);
        if (!IsA(left, Var) || !is_independent(right)) continue;
        const auto *column = reinterpret_cast<const Var *>(left);
        if (column->varlevelsup == 0) equalities.push({column->varattno, expression->opno, expression->inputcollid});
    }
    return equalities;
}

bool is_column_bound(Relation index, int position, std::span<const Equality> equalities) {
    const AttrNumber attribute = index->rd_index->indkey.values[position];
    for (const Equality &each : equalities)
        if (each.attribute == attribute && each.collation == index->rd_indcollation[position] &&
            get_op_opfamily_strategy(each.operator_oid, index->rd_opfamily[position]) == BTEqualStrategyNumber)
            return true;
    return false;
}

bool is_unique_lookup(Relation index, std::span<const Equality> equalities) {
    const Form_pg_index form = index->rd_index;
    if (!form->indisunique || !form->indimmediate || !form->indisvalid) return false;
    if (RelationGetIndexPredicate(index) != NIL || RelationGetIndexExpressions(index) != NIL) return false;
    for (int i = 0; i < form->indnkeyatts; i++)
        if (!is_column_bound(index, i, equalities)) return false;
    return true;
}

// One table, looked up by all columns of a unique key.
bool is_key_lookup(const Query *query) {
    const auto *only = static_cast<const Node *>(linitial(query->jointree->fromlist));
    if (list_length(query->jointree->fromlist) != 1 || !IsA(only, RangeTblRef)) return false;
    const RangeTblEntry *entry = rt_fetch(reinterpret_cast<const RangeTblRef *>(only)->rtindex, query->rtable);
    if (entry->rtekind != RTE_RELATION || entry->relkind != RELKIND_RELATION) return false;
    const pg::Vector<Equality> equalities = equalities_of(query);
    if (equalities.empty()) return false;
    return pg::with_relation(entry->relid, NoLock, [&](Relation table) {
        bool found = false;
        for (Oid oid : pg::OidsOf(RelationGetIndexList(table)))
            found = found || pg::with_relation(oid, AccessShareLock,
                                               [&](Relation index) { return is_unique_lookup(index, equalities); });
        return found;
    });
}

} // namespace

bool returns_few_rows(const Query *query) {
    if (query->commandType != CMD_SELECT) return false;
    if (query->limitCount && has_small_limit(query)) return true;
    if (query->setOperations || query->hasTargetSRFs || !query->jointree) return false;
    if (query->hasAggs && !query->groupClause && !query->groupingSets) return true;
    return query->jointree->fromlist != NIL && is_key_lookup(query);
}

} // namespace cedro::planner
