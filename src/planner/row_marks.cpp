#include "planner/row_marks.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "plan/fragment.hpp"
#include "planner/fragment_path.hpp"
#include "planner/surgery.hpp"
#include "table/table.hpp"

namespace cedro::planner {

namespace {

constexpr int kInside = 1; // the table's place in the sub-select

// Columns that are no columns of the table, in order of their new positions.
struct Extra {
    AttrNumber attribute; // 0: the whole row
    const Var *var;
};

bool is_extra(const Var *var, int index, int depth) {
    return var->varno == index && static_cast<int>(var->varlevelsup) == depth && var->varattno <= 0;
}

pg::Vector<Extra> extras_of(const Query *query, int index) {
    pg::Vector<Extra> extras;
    with_vars(query, [&](const Var *var, int depth) -> Node * {
        if (!is_extra(var, index, depth)) return nullptr;
        for (const Extra &each : extras)
            if (each.attribute == var->varattno) return nullptr;
        extras.push({var->varattno, var});
        return nullptr;
    });
    return extras;
}

TargetEntry *column_target(Relation relation, AttrNumber attribute) {
    const Form_pg_attribute column = TupleDescAttr(RelationGetDescr(relation), attribute - 1);
    Expr *expression = column->attisdropped
                           ? reinterpret_cast<Expr *>(makeNullConst(INT4OID, -1, InvalidOid))
                           : reinterpret_cast<Expr *>(makeVar(kInside, attribute, column->atttypid, column->atttypmod,
                                                              column->attcollation, 0));
    return makeTargetEntry(expression, attribute, psprintf("c%d", attribute), false);
}

Expr *extra_column(const Extra &extra, const RangeTblEntry *entry) {
    Var *var = redirected(extra.var, kInside, extra.attribute);
    var->varlevelsup = 0;
    return column_for_task(var, entry);
}

List *targets_of(const RangeTblEntry *entry, std::span<const Extra> extras) {
    List *targets = NIL;
    Relation relation = table_open(entry->relid, NoLock);
    for (int i = 1; i <= RelationGetNumberOfAttributes(relation); i++)
        targets = lappend(targets, column_target(relation, static_cast<AttrNumber>(i)));
    table_close(relation, NoLock);
    for (const Extra &extra : extras) {
        const auto position = static_cast<AttrNumber>(list_length(targets) + 1);
        targets =
            lappend(targets, makeTargetEntry(extra_column(extra, entry), position, psprintf("c%d", position), false));
    }
    return targets;
}

// Takes the clause that locks the table out of the query.
RowMarkClause *take_lock(Query *query, int index) {
    for (RowMarkClause *clause : pg::ListOf<RowMarkClause>(query->rowMarks)) {
        if (static_cast<int>(clause->rti) != index) continue;
        query->rowMarks = list_delete_ptr(query->rowMarks, clause);
        return clause;
    }
    return nullptr;
}

void turn_into_sub_select(RangeTblEntry *entry, const Query *inner) {
    entry->rtekind = RTE_SUBQUERY;
    entry->subquery = fenced(inner);
    entry->relid = InvalidOid;
    entry->relkind = 0;
    entry->rellockmode = 0;
    entry->tablesample = nullptr;
    entry->inh = false;
    entry->requiredPerms = 0;
    entry->checkAsUser = InvalidOid;
    entry->selectedCols = nullptr;
    entry->securityQuals = NIL;
    List *names = NIL;
    for (TargetEntry *target : pg::ListOf<TargetEntry>(inner->targetList))
        names = lappend(names, makeString(pstrdup(target->resname)));
    entry->eref->colnames = names;
    entry->alias = nullptr;
}

void take_lock_along(Query *query, int index, Query *inner) {
    RowMarkClause *lock = take_lock(query, index);
    if (!lock) return;
    lock->rti = kInside;
    inner->rowMarks = list_make1(lock);
    inner->hasForUpdate = true;
}

// References to system columns and whole rows, as columns of the sub-select after the first ones.
void redirect_extras(Query *query, int index, std::span<const Extra> extras, int columns) {
    if (extras.empty()) return;
    *query = *with_vars(query, [&](const Var *var, int depth) -> Node * {
        if (!is_extra(var, index, depth)) return nullptr;
        const auto extra = std::ranges::find(extras, var->varattno, &Extra::attribute);
        const auto position = columns + static_cast<int>(extra - extras.begin()) + 1;
        return reinterpret_cast<Node *>(redirected(var, index, static_cast<AttrNumber>(position)));
    });
}

bool has_marks(const Query *query) {
    return query->rowMarks != NIL || query->commandType == CMD_UPDATE || query->commandType == CMD_DELETE ||
           query->commandType == CMD_MERGE;
}

void enclose_in(Query *query) {
    if (!has_marks(query) || !query->jointree) return;
    Relids indexes = get_relids_in_jointree(reinterpret_cast<Node *>(query->jointree), false);
    for (int index = -1; (index = bms_next_member(indexes, index)) >= 0;) {
        const RangeTblEntry *entry = rt_fetch(index, query->rtable);
        if (index == query->resultRelation || entry->rtekind != RTE_RELATION) continue;
        if (table::is_shell(entry->relid)) enclose_table(query, index);
    }
}

bool enclose_step(Node *node, void *argument) {
    if (node == nullptr) return false;
    if (!IsA(node, Query)) return expression_tree_walker(node, pg::as_walker(enclose_step), argument);
    // Inside first: the query's own changes copy what is below.
    query_tree_walker(reinterpret_cast<Query *>(node), pg::as_walker(enclose_step), argument, 0);
    enclose_in(reinterpret_cast<Query *>(node));
    return false;
}

} // namespace

void enclose_table(Query *query, int index) {
    RangeTblEntry *entry = rt_fetch(index, query->rtable);
    const pg::Vector<Extra> extras = extras_of(query, index);
    List *targets = targets_of(entry, extras);
    plan::Fragment *fragment = table_fragment(entry, targets, nullptr);
    take_lock_along(query, index, fragment->query);
    fragment->locks_rows = fragment->query->hasForUpdate;
    query->rtable = lappend(query->rtable, privilege_entry(entry));
    turn_into_sub_select(entry, fragment->query);
    plan::set_fragment(entry, fragment);
    redirect_extras(query, index, extras, list_length(targets) - static_cast<int>(extras.size()));
}

void enclose_barred_table(Query *query, int index) {
    RangeTblEntry *entry = rt_fetch(index, query->rtable);
    if (!entry->securityQuals) return;
    const pg::Vector<Extra> extras = extras_of(query, index);
    auto *quals = static_cast<Node *>(copyObjectImpl(entry->securityQuals));
    ChangeVarNodes(quals, index, kInside, 0);
    auto *inside = static_cast<RangeTblEntry *>(copyObjectImpl(entry));
    inside->securityQuals = NIL;
    Query *inner = select_from(inside);
    inner->targetList = targets_of(entry, {});
    const int columns = list_length(inner->targetList);
    for (const Extra &extra : extras) {
        const auto position = static_cast<AttrNumber>(list_length(inner->targetList) + 1);
        Var *var = redirected(extra.var, kInside, extra.attribute);
        var->varlevelsup = 0;
        inner->targetList = lappend(inner->targetList, makeTargetEntry(reinterpret_cast<Expr *>(var), position,
                                                                       psprintf("c%d", position), false));
    }
    inner->jointree->quals = reinterpret_cast<Node *>(make_ands_explicit(reinterpret_cast<List *>(quals)));
    inner->hasSubLinks = query->hasSubLinks;
    inner->hasRowSecurity = query->hasRowSecurity;
    take_lock_along(query, index, inner);
    turn_into_sub_select(entry, inner);
    entry->security_barrier = true;
    redirect_extras(query, index, extras, columns);
}

void enclose_marked_tables(Query *query) { enclose_step(reinterpret_cast<Node *>(query), nullptr); }

} // namespace cedro::planner
