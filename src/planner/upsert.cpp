#include "planner/upsert.hpp"

#include "pg/catalog.hpp"
#include "pg/index.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/walk.hpp"
#include "planner/row_source.hpp"
#include "planner/surgery.hpp"

namespace cedro::planner {

namespace {

constexpr int kTarget = 1;
constexpr int kNew = 2; // the new rows: EXCLUDED

// What must be equal in both rows, over the target's place in the INSERT, and which rows the index is about.
struct Arbiter {
    List *expressions;
    List *collations; // oids
    Node *predicate;
};

Arbiter arbiter_of_constraint(const Query *insert, Oid constraint) {
    Arbiter arbiter{};
    pg::with_relation(get_constraint_index(constraint), AccessShareLock, [&](Relation index) {
        for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++) {
            Var *column = target_column(insert, index->rd_index->indkey.values[i]);
            arbiter.expressions = lappend(arbiter.expressions, column);
            arbiter.collations = lappend_oid(arbiter.collations, index->rd_indcollation[i]);
        }
    });
    return arbiter;
}

Arbiter arbiter_of(const Query *insert) {
    const OnConflictExpr *clause = insert->onConflict;
    if (OidIsValid(clause->constraint)) return arbiter_of_constraint(insert, clause->constraint);
    Arbiter arbiter{NIL, NIL, clause->arbiterWhere};
    for (const InferenceElem *element : pg::ListOf<const InferenceElem>(clause->arbiterElems)) {
        arbiter.expressions = lappend(arbiter.expressions, element->expr);
        const Oid collation = OidIsValid(element->infercollid) ? element->infercollid : exprCollation(element->expr);
        arbiter.collations = lappend_oid(arbiter.collations, collation);
    }
    return arbiter;
}

bool are_nulls_equal(Oid index_oid) {
    return pg::with_relation(index_oid, AccessShareLock,
                             [](Relation index) { return index->rd_index->indnullsnotdistinct; });
}

bool has_equal_nulls(Oid relid) {
    return pg::with_relation(relid, NoLock, [](Relation relation) {
        for (Oid index : pg::OidsOf(RelationGetIndexList(relation)))
            if (are_nulls_equal(index)) return true;
        return false;
    });
}

bool is_generated(Oid relid, AttrNumber attribute) { return attribute > 0 && get_attgenerated(relid, attribute); }

bool has_generated(Oid relid) {
    return pg::with_relation(relid, NoLock, [](Relation relation) {
        const TupleConstr *constraints = RelationGetDescr(relation)->constr;
        return constraints && constraints->has_generated_stored;
    });
}

// The new row as a whole, of the table's type.
Node *whole_new_row(const Query *insert, const Var *row, int depth) {
    auto *result = makeNode(RowExpr);
    pg::with_relation(target_entry(insert)->relid, NoLock, [&](Relation relation) {
        for (int i = 1; i <= RelationGetNumberOfAttributes(relation); i++) {
            const FormData_pg_attribute *column = TupleDescAttr(RelationGetDescr(relation), i - 1);
            Node *value = reinterpret_cast<Node *>(makeNullConst(INT4OID, -1, InvalidOid));
            if (!column->attisdropped)
                value = reinterpret_cast<Node *>(makeVar(kNew, static_cast<AttrNumber>(i), column->atttypid,
                                                         column->atttypmod, column->attcollation,
                                                         static_cast<Index>(depth)));
            result->args = lappend(result->args, value);
            result->colnames = lappend(result->colnames, makeString(pstrdup(NameStr(column->attname))));
        }
    });
    result->row_typeid = row->vartype;
    result->row_format = COERCE_IMPLICIT_CAST;
    result->location = -1;
    return reinterpret_cast<Node *>(result);
}

// Columns of the target and of EXCLUDED at their places in the MERGE.
Node *in_merge(const Query *insert, const void *expression) {
    return with_vars(static_cast<const Node *>(expression), [&](const Var *var, int depth) -> Node * {
        if (static_cast<int>(var->varlevelsup) != depth) return nullptr;
        const bool is_new = var->varno == insert->onConflict->exclRelIndex;
        if (is_new && var->varattno == InvalidAttrNumber) return whole_new_row(insert, var, depth);
        return reinterpret_cast<Node *>(redirected(var, is_new ? kNew : kTarget, var->varattno));
    });
}

// An expression over the target, of the new row instead.
Node *of_new(const Query *insert, const void *expression) {
    return with_vars(static_cast<const Node *>(expression), [&](const Var *var, int depth) -> Node * {
        if (static_cast<int>(var->varlevelsup) != depth || var->varno != insert->resultRelation) return nullptr;
        return reinterpret_cast<Node *>(redirected(var, kNew, var->varattno));
    });
}

Node *condition_of(const Query *insert) {
    const Arbiter arbiter = arbiter_of(insert);
    List *conditions = NIL;
    for (int i = 0; i < list_length(arbiter.expressions); i++) {
        auto *expression = static_cast<Node *>(list_nth(arbiter.expressions, i));
        const Oid equality = lookup_type_cache(exprType(expression), TYPECACHE_EQ_OPR)->eq_opr;
        auto *both = make_opclause(equality, BOOLOID, false, reinterpret_cast<Expr *>(in_merge(insert, expression)),
                                   reinterpret_cast<Expr *>(of_new(insert, expression)), InvalidOid,
                                   list_nth_oid(arbiter.collations, i));
        set_opfuncid(reinterpret_cast<OpExpr *>(both));
        conditions = lappend(conditions, both);
    }
    if (arbiter.predicate) {
        conditions = lappend(conditions, in_merge(insert, arbiter.predicate));
        conditions = lappend(conditions, of_new(insert, arbiter.predicate));
    }
    return reinterpret_cast<Node *>(make_ands_explicit(conditions));
}

// The rows that would be inserted, with all columns of the table in their order.
Query *new_rows(const Query *insert) {
    auto *query = static_cast<Query *>(copyObjectImpl(insert));
    query->commandType = CMD_SELECT;
    query->onConflict = nullptr;
    query->resultRelation = 0;
    query->returningList = NIL;
    query->withCheckOptions = NIL;
    query->cteList = NIL;
    query->hasModifyingCTE = false;
    query->hasRecursive = false;
    query->targetList = NIL;
    pg::with_relation(target_entry(insert)->relid, NoLock, [&](Relation relation) {
        for (int i = 1; i <= RelationGetNumberOfAttributes(relation); i++) {
            const FormData_pg_attribute *column = TupleDescAttr(RelationGetDescr(relation), i - 1);
            const TargetEntry *given = get_tle_by_resno(insert->targetList, static_cast<AttrNumber>(i));
            const Oid type = column->attisdropped ? INT4OID : column->atttypid;
            auto *value = given && !given->resjunk
                              ? static_cast<Expr *>(copyObjectImpl(given->expr))
                              : reinterpret_cast<Expr *>(makeNullConst(type, -1, column->attcollation));
            query->targetList = lappend(query->targetList,
                                        makeTargetEntry(value, static_cast<AttrNumber>(i), psprintf("c%d", i), false));
        }
    });
    // The rows of INSERT … SELECT stand in no FROM clause of the client's.
    Relids indexes = get_relids_in_jointree(reinterpret_cast<Node *>(query->jointree), false);
    for (int index = -1; (index = bms_next_member(indexes, index)) >= 0;)
        rt_fetch(index, query->rtable)->inFromCl = true;
    deepen(query);
    return query;
}

MergeAction *action_of(bool matched, CmdType command, List *targets, Node *condition) {
    auto *action = makeNode(MergeAction);
    action->matched = matched;
    action->commandType = command;
    action->targetList = targets;
    action->qual = condition;
    return action;
}

// Every column that is given a value.
List *inserted_columns(const Query *insert, const Query *rows) {
    List *targets = NIL;
    for (TargetEntry *row : pg::ListOf<TargetEntry>(rows->targetList)) {
        if (!get_tle_by_resno(insert->targetList, row->resno)) continue;
        auto *value = reinterpret_cast<Expr *>(makeVarFromTargetEntry(kNew, row));
        targets = lappend(targets, makeTargetEntry(value, row->resno, row->resname, false));
    }
    return targets;
}

} // namespace

const char *no_upsert_as_merge(const Query *insert) {
    const OnConflictExpr *clause = insert->onConflict;
    const Oid relid = target_entry(insert)->relid;
    if (insert->hasRowSecurity) return "row-level security";
    for (const InferenceElem *element : pg::ListOf<const InferenceElem>(clause->arbiterElems))
        if (OidIsValid(element->inferopclass)) return "an operator class in ON CONFLICT";
    if (has_equal_nulls(relid)) return "a key with NULLS NOT DISTINCT";
    auto reads_generated = [&](void *expression) {
        return pg::any_node(static_cast<Node *>(expression), [&](Node *node) {
            if (!IsA(node, Var)) return false;
            const auto *var = reinterpret_cast<const Var *>(node);
            return var->varno == clause->exclRelIndex &&
                   (var->varattno == 0 ? has_generated(relid) : is_generated(relid, var->varattno));
        });
    };
    if (reads_generated(clause->onConflictSet) || reads_generated(clause->onConflictWhere))
        return "generated columns of EXCLUDED";
    return nullptr;
}

Query *upsert_as_merge(const Query *insert) {
    auto *target = static_cast<RangeTblEntry *>(copyObjectImpl(target_entry(insert)));
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_SUBQUERY;
    entry->subquery = new_rows(insert);
    entry->eref = makeAlias("excluded", NIL);
    for (const TargetEntry *row : pg::ListOf<const TargetEntry>(entry->subquery->targetList))
        entry->eref->colnames = lappend(entry->eref->colnames, makeString(pstrdup(row->resname)));
    entry->inFromCl = true;

    auto *merge = static_cast<Query *>(copyObjectImpl(insert));
    merge->commandType = CMD_MERGE;
    merge->resultRelation = kTarget;
    merge->rtable = list_make2(target, entry);
    auto *reference = makeNode(RangeTblRef);
    reference->rtindex = kNew;
    merge->jointree = makeFromExpr(list_make1(reference), condition_of(insert));
    const OnConflictExpr *clause = insert->onConflict;
    auto *assigned = reinterpret_cast<List *>(in_merge(insert, clause->onConflictSet));
    merge->mergeActionList =
        list_make2(action_of(true, CMD_UPDATE, assigned, in_merge(insert, clause->onConflictWhere)),
                   action_of(false, CMD_INSERT, inserted_columns(insert, entry->subquery), nullptr));
    merge->targetList = NIL;
    merge->onConflict = nullptr;
    merge->returningList = reinterpret_cast<List *>(in_merge(insert, insert->returningList));
    for (WithCheckOption *option : pg::ListOf<WithCheckOption>(merge->withCheckOptions))
        option->qual = in_merge(insert, option->qual);
    return merge;
}

} // namespace cedro::planner
