#include "planner/merge_by_row.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "planner/modify_checks.hpp"
#include "planner/row_marks.hpp"
#include "planner/row_source.hpp"
#include "planner/surgery.hpp"

namespace cedro::planner {

namespace {

constexpr int kJoined = 1; // the joined rows' place in the query of the values

Expr *int_constant(int value) {
    return reinterpret_cast<Expr *>(
        makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(value), false, true));
}

CaseWhen *branch(Expr *condition, Expr *result) {
    auto *when = makeNode(CaseWhen);
    when->expr = condition;
    when->result = result;
    when->location = -1;
    return when;
}

Expr *choice(List *branches, Expr *otherwise) {
    auto *result = makeNode(CaseExpr);
    result->casetype = exprType(reinterpret_cast<Node *>(otherwise));
    result->casecollid = exprCollation(reinterpret_cast<Node *>(otherwise));
    result->args = branches;
    result->defresult = otherwise;
    result->location = -1;
    return reinterpret_cast<Expr *>(result);
}

// Whether the row of the join has a row of the target.
Expr *is_matched(const Query *merge, const plan::RowChange *change, bool wanted) {
    auto *test = makeNode(NullTest);
    test->arg = reinterpret_cast<Expr *>(target_column(merge, static_cast<AttrNumber>(llast_int(change->place))));
    test->nulltesttype = wanted ? IS_NOT_NULL : IS_NULL;
    test->location = -1;
    return reinterpret_cast<Expr *>(test);
}

// CASE WHEN matched AND condition THEN 1 …: the first action that fits, 0 for none and for DO NOTHING.
Expr *action_number(const Query *merge, const plan::RowChange *change) {
    List *branches = NIL;
    int number = 0;
    for (const MergeAction *action : pg::ListOf<const MergeAction>(merge->mergeActionList)) {
        List *conditions = list_make1(is_matched(merge, change, action->matched));
        if (action->qual) conditions = lappend(conditions, copyObjectImpl(action->qual));
        Expr *condition = make_ands_explicit(conditions);
        const bool does_nothing = action->commandType == CMD_NOTHING;
        branches = lappend(branches, branch(condition, int_constant(does_nothing ? 0 : ++number)));
    }
    return choice(branches, int_constant(0));
}

struct Chosen {
    int number;
    Var *action; // as add_values() knows it: over the join
};

// CASE WHEN action = number THEN value END
Expr *for_action(Expr *value, const void *argument) {
    const auto *chosen = static_cast<const Chosen *>(argument);
    const auto *node = reinterpret_cast<const Node *>(value);
    if (IsA(node, Const) || IsA(node, Var)) return value;
    Expr *is_chosen = make_opclause(lookup_type_cache(INT4OID, TYPECACHE_EQ_OPR)->eq_opr, BOOLOID, false,
                                    static_cast<Expr *>(copyObjectImpl(chosen->action)), int_constant(chosen->number),
                                    InvalidOid, InvalidOid);
    auto *none = makeNullConst(exprType(node), exprTypmod(node), exprCollation(node));
    return choice(list_make1(branch(is_chosen, value)), reinterpret_cast<Expr *>(none));
}

// SELECT its n-th column FROM the query.
Query *one_column(Query *query, int number) {
    IncrementVarSublevelsUp(reinterpret_cast<Node *>(query), 1, 1);
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_SUBQUERY;
    entry->subquery = query;
    entry->eref = makeAlias("source", NIL);
    entry->inFromCl = true;
    Query *result = select_from(entry);
    for (TargetEntry *target : pg::ListOf<TargetEntry>(query->targetList)) {
        if (target->resjunk) continue;
        entry->eref->colnames =
            lappend(entry->eref->colnames, makeString(pstrdup(target->resname ? target->resname : "?")));
        if (list_length(entry->eref->colnames) != number) continue;
        auto *column = reinterpret_cast<Expr *>(makeVarFromTargetEntry(1, target));
        result->targetList = list_make1(makeTargetEntry(column, 1, pstrdup("value"), false));
    }
    return result;
}

// The action's number stands among the join's columns as a Var of an entry that does not exist.
Var *action_column(const Query *merge) {
    return makeVar(list_length(merge->rtable) + 1, 1, INT4OID, -1, InvalidOid, 0);
}

// SET (a, b) = (SELECT x, y …): for each column a sub-select of its own, for only it is computed where it is wanted.
List *without_multiple(const List *targets) {
    return reinterpret_cast<List *>(
        pg::replaced(reinterpret_cast<Node *>(const_cast<List *>(targets)), [&](Node *node) -> Node * {
            if (!IsA(node, Param) || reinterpret_cast<Param *>(node)->paramkind != PARAM_MULTIEXPR) return nullptr;
            const int id = reinterpret_cast<Param *>(node)->paramid;
            for (const TargetEntry *target : pg::ListOf<const TargetEntry>(targets)) {
                if (!target->resjunk || !IsA(target->expr, SubLink)) continue;
                auto *link = static_cast<SubLink *>(copyObjectImpl(target->expr));
                if (link->subLinkType != MULTIEXPR_SUBLINK || link->subLinkId != id >> 16) continue;
                link->subselect = reinterpret_cast<Node *>(one_column(castNode(Query, link->subselect), id & 0xffff));
                link->subLinkType = EXPR_SUBLINK;
                link->subLinkId = 0;
                return reinterpret_cast<Node *>(link);
            }
            return nullptr;
        }));
}

void add_actions(RowSource &source, plan::RowChange *change, const Query *merge, Var *action_var) {
    int number = 0;
    for (const MergeAction *each : pg::ListOf<const MergeAction>(merge->mergeActionList)) {
        if (each->commandType == CMD_NOTHING) continue;
        const Chosen chosen{++number, action_var};
        source.wrap_with(for_action, &chosen);
        plan::RowAction *action = plan::make_row_action(each->commandType);
        action->moves_rows = each->commandType == CMD_UPDATE && assigns_other_key(merge, each->targetList);
        const List *targets = without_multiple(each->targetList);
        if (each->commandType == CMD_UPDATE) source.add_assignments(action, targets);
        if (action->moves_rows || each->commandType == CMD_INSERT) source.add_row(action, targets);
        source.wrap_with(nullptr, nullptr);
        change->actions = lappend(change->actions, action);
    }
}

bool has_unmatched_action(const Query *merge) {
    for (const MergeAction *action : pg::ListOf<const MergeAction>(merge->mergeActionList))
        if (!action->matched && action->commandType != CMD_NOTHING) return true;
    return false;
}

// The statement's FROM: the source joined to the target.
FromExpr *join_of(Query *query) {
    const bool is_outer = has_unmatched_action(query);
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_JOIN;
    entry->jointype = is_outer ? JOIN_LEFT : JOIN_INNER;
    entry->eref = makeAlias("merge", NIL);
    query->rtable = lappend(query->rtable, entry);

    auto *target = makeNode(RangeTblRef);
    target->rtindex = query->resultRelation;
    auto *join = makeNode(JoinExpr);
    join->jointype = entry->jointype;
    join->larg = static_cast<Node *>(linitial(query->jointree->fromlist));
    join->rarg = reinterpret_cast<Node *>(target);
    join->quals = query->jointree->quals;
    join->rtindex = list_length(query->rtable);
    return makeFromExpr(list_make1(join), nullptr);
}

int index_of(const Node *item) {
    return IsA(item, RangeTblRef) ? reinterpret_cast<const RangeTblRef *>(item)->rtindex
                                  : castNode(JoinExpr, const_cast<Node *>(item))->rtindex;
}

// Tells the entry of the join its columns: deparsing counts them.
void name_columns(const Query *query, RangeTblEntry *join, const Node *side, List **numbers) {
    List *names = NIL;
    List *columns = NIL;
    const int index = index_of(side);
    expandRTE(rt_fetch(index, query->rtable), index, 0, -1, false, &names, &columns);
    for (const Var *column : pg::ListOf<const Var>(columns)) *numbers = lappend_int(*numbers, column->varattno);
    join->joinaliasvars = list_concat(join->joinaliasvars, columns);
    join->eref->colnames = list_concat(join->eref->colnames, names);
}

// The source joined to the target, whose rows are locked. `targets`: its columns.
Query *joined_query(const Query *merge, List *targets) {
    auto *query = static_cast<Query *>(copyObjectImpl(merge));
    query->commandType = CMD_SELECT;
    query->jointree = join_of(query);
    query->mergeActionList = NIL;
    query->targetList = targets;
    query->cteList = NIL;
    query->returningList = NIL;
    query->withCheckOptions = NIL;
    query->hasModifyingCTE = false;
    query->hasRecursive = false;
    auto *lock = makeNode(RowMarkClause);
    lock->rti = static_cast<Index>(query->resultRelation);
    lock->strength = LCS_FORUPDATE;
    lock->waitPolicy = LockWaitBlock;
    query->rowMarks = list_make1(lock);
    query->hasForUpdate = true;
    const int index = query->resultRelation;
    target_entry(query)->inFromCl = true;
    query->resultRelation = 0;
    // FOR UPDATE is not for the nullable side of a join.
    enclose_table(query, index);
    const auto *join = linitial_node(JoinExpr, query->jointree->fromlist);
    RangeTblEntry *entry = rt_fetch(join->rtindex, query->rtable);
    name_columns(query, entry, join->larg, &entry->joinleftcols);
    name_columns(query, entry, join->rarg, &entry->joinrightcols);
    return query;
}

} // namespace

void add_merge_actions(RowSource &source, plan::RowChange *change, const Query *merge) {
    Var *action_var = action_column(merge);
    change->action = source.add(reinterpret_cast<Expr *>(action_var));
    add_actions(source, change, merge, action_var);
}

Query *merge_source(const Query *merge, plan::RowChange *change, const RowSource &source) {
    const Var *action_var = action_column(merge);

    // Columns of the join, each once; the action's number is the first.
    List *columns = list_make1(const_cast<Var *>(action_var));
    auto position_of = [&](const Var *var) {
        auto *own = static_cast<Var *>(copyObjectImpl(var));
        own->varlevelsup = 0;
        own->location = -1;
        columns = list_append_unique(columns, own);
        AttrNumber position = 0;
        for (const Node *column : pg::ListOf<const Node>(columns)) {
            position++;
            if (equal(column, own)) break;
        }
        return position;
    };
    auto *values = reinterpret_cast<List *>(
        with_vars(reinterpret_cast<Node *>(source.targets()), [&](const Var *var, int depth) -> Node * {
            if (static_cast<int>(var->varlevelsup) != depth) return nullptr;
            return reinterpret_cast<Node *>(redirected(var, kJoined, position_of(var)));
        }));

    List *targets = NIL;
    for (Expr *column : pg::ListOf<Expr>(columns)) {
        const auto position = static_cast<AttrNumber>(list_length(targets) + 1);
        Expr *value = position == 1 ? action_number(merge, change) : column;
        targets = lappend(targets, makeTargetEntry(value, position, psprintf("c%d", position), false));
    }
    Query *joined = joined_query(merge, targets);
    deepen(joined);
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_SUBQUERY;
    entry->subquery = joined;
    entry->eref = makeAlias("merge", NIL);
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(joined->targetList))
        entry->eref->colnames = lappend(entry->eref->colnames, makeString(pstrdup(target->resname)));
    entry->inFromCl = true;
    Query *chosen = select_from(entry);
    chosen->targetList = values;
    chosen->hasSubLinks = merge->hasSubLinks;
    Var *number = makeVar(kJoined, 1, INT4OID, -1, InvalidOid, 0);
    auto *unequal = make_opclause(get_negator(lookup_type_cache(INT4OID, TYPECACHE_EQ_OPR)->eq_opr), BOOLOID, false,
                                  reinterpret_cast<Expr *>(number), int_constant(0), InvalidOid, InvalidOid);
    chosen->jointree->quals = reinterpret_cast<Node *>(unequal);
    return chosen;
}

} // namespace cedro::planner
