#include "planner/by_row.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/row_security.hpp"
#include "pg/scope.hpp"
#include "pg/trigger.hpp"
#include "pg/walk.hpp"
#include "planner/merge_by_row.hpp"
#include "planner/modify_checks.hpp"
#include "planner/row_identity.hpp"
#include "planner/row_marks.hpp"
#include "planner/row_source.hpp"
#include "planner/surgery.hpp"
#include "planner/upsert.hpp"

namespace cedro::planner {

namespace {

// A trigger of a foreign key that changes referencing rows.
bool is_action(Oid function) {
    switch (function) {
    case F_RI_FKEY_CASCADE_DEL:
    case F_RI_FKEY_CASCADE_UPD:
    case F_RI_FKEY_SETNULL_DEL:
    case F_RI_FKEY_SETNULL_UPD:
    case F_RI_FKEY_SETDEFAULT_DEL:
    case F_RI_FKEY_SETDEFAULT_UPD: return true;
    default: return false;
    }
}

bool has_foreign_key_actions(Oid relid) {
    return pg::with_relation(relid, NoLock, [](Relation relation) {
        const TriggerDesc *triggers = relation->trigdesc;
        for (int i = 0; triggers && i < triggers->numtriggers; i++)
            if (is_action(triggers->triggers[i].tgfoid)) return true;
        return false;
    });
}

// Locking a row asks for the policies for UPDATE.
bool has_policies_of_their_own(Oid relid) {
    bool result = false;
    pg::with_relation(relid, NoLock, [&](Relation relation) {
        const List *policies = relation->rd_rsdesc ? relation->rd_rsdesc->policies : NIL;
        for (const RowSecurityPolicy *policy : pg::ListOf<const RowSecurityPolicy>(policies))
            result |= policy->polcmd == ACL_UPDATE_CHR || policy->polcmd == ACL_DELETE_CHR;
    });
    return result;
}

bool has_cursor_position(const Query *query) {
    return pg::any_node(query->jointree->quals, [](Node *node) { return IsA(node, CurrentOfExpr); });
}

// citus_internal.check_option(condition, view): raises an error when the condition does not hold.
Node *check_of(const WithCheckOption *option) {
    Oid arguments[] = {BOOLOID, TEXTOID};
    const Oid function = LookupFuncName(
        list_make2(makeString(pstrdup("citus_internal")), makeString(pstrdup("check_option"))), 2, arguments, false);
    auto *view = makeConst(TEXTOID, -1, DEFAULT_COLLATION_OID, -1, CStringGetTextDatum(option->relname), false, false);
    return reinterpret_cast<Node *>(makeFuncExpr(function, BOOLOID, list_make2(copyObjectImpl(option->qual), view),
                                                 InvalidOid, DEFAULT_COLLATION_OID, COERCE_EXPLICIT_CALL));
}

// What views demand of the new rows. (The nodes judge policies.)
List *view_checks(const Query *query) {
    List *checks = NIL;
    for (const WithCheckOption *option : pg::ListOf<const WithCheckOption>(query->withCheckOptions))
        if (option->kind == WCO_VIEW_CHECK && option->qual) checks = lappend(checks, check_of(option));
    return checks;
}

plan::RowAction *add_action(RowSource &source, plan::RowChange *change, const Query *query) {
    plan::RowAction *action = plan::make_row_action(query->commandType);
    change->actions = list_make1(action);
    if (query->commandType == CMD_DELETE) return action;
    action->moves_rows = may_move_rows(query);
    source.add_assignments(action, query->targetList);
    if (action->moves_rows) source.add_row(action, query->targetList);
    return action;
}

bool changes_identity(const plan::RowChange *change, const plan::RowAction *action) {
    if (action->command == CMD_DELETE) return true;
    for (int i = 0; i < list_length(change->place); i++)
        if (list_member_int(action->columns, list_nth_int(change->place, i))) return true;
    return false;
}

// The rows to change, locked.
Query *source_query(const Query *query, const RowSource &source, LockClauseStrength strength) {
    auto *select = static_cast<Query *>(copyObjectImpl(query));
    select->commandType = CMD_SELECT;
    select->targetList = source.targets();
    // Sub-selects that give several columns at once stand behind those, as junk.
    for (const TargetEntry *entry : pg::ListOf<const TargetEntry>(query->targetList)) {
        if (!entry->resjunk || query->commandType == CMD_DELETE) continue;
        auto *junk = static_cast<TargetEntry *>(copyObjectImpl(entry));
        junk->resno = static_cast<AttrNumber>(list_length(select->targetList) + 1);
        select->targetList = lappend(select->targetList, junk);
    }
    auto *lock = makeNode(RowMarkClause);
    lock->rti = static_cast<Index>(query->resultRelation);
    lock->strength = strength;
    lock->waitPolicy = LockWaitBlock;
    select->rowMarks = list_make1(lock);
    select->hasForUpdate = true;
    target_entry(select)->inFromCl = true;
    select->resultRelation = 0;
    select->returningList = NIL;
    select->withCheckOptions = NIL;
    select->cteList = NIL;
    select->hasModifyingCTE = false;
    select->hasRecursive = false;
    enclose_barred_table(select, query->resultRelation);
    return select;
}

} // namespace

const char *no_by_row(const Query *query) {
    const bool has_policies = query->hasRowSecurity;
    if (query->commandType == CMD_MERGE && has_policies) return "MERGE where row-level security is on";
    if (has_cursor_position(query)) return "WHERE CURRENT OF";
    if (query->commandType == CMD_DELETE && has_policies && has_policies_of_their_own(target_entry(query)->relid))
        return "DELETE where policies for DELETE are not those for UPDATE";
    if (!may_move_rows(query)) return nullptr;
    // Its actions would take a row that moves for one that is deleted.
    if (has_foreign_key_actions(target_entry(query)->relid))
        return "a new value of the distribution column of a table that foreign keys with actions reference";
    // The policies for UPDATE are not those for DELETE and INSERT.
    if (has_policies) return "a new value of the distribution column where row-level security is on";
    return nullptr;
}

Query *change_by_row(const Query *query) {
    const RangeTblEntry *target = target_entry(query);
    const bool is_merge = query->commandType == CMD_MERGE;
    plan::RowChange *change = plan::make_row_change();
    change->relid = target->relid;
    change->role = target->checkAsUser;
    change->sets_tag = query->canSetTag;
    change->repeat = is_merge ? plan::Repeat::Merge : plan::Repeat::Ignore;
    set_identity(change, target);

    RowSource source(query, change);
    source.add_identity();
    auto strength = LCS_FORUPDATE;
    if (is_merge)
        add_merge_actions(source, change, query);
    else if (!changes_identity(change, add_action(source, change, query)))
        strength = LCS_FORNOKEYUPDATE;
    List *returning = source.seen_outside(query->returningList);
    List *checks = source.seen_outside(view_checks(query));
    change->emits_rows = returning != NIL || checks != NIL;
    Query *rows = is_merge ? merge_source(query, change, source) : source_query(query, source, strength);
    Node *quals = checks ? reinterpret_cast<Node *>(make_ands_explicit(checks)) : nullptr;
    return over_change(query, rows, change, returning, quals);
}

Query *upsert_by_row(const Query *query) {
    Query *change = change_by_row(upsert_as_merge(query));
    plan::row_change_of(linitial_node(RangeTblEntry, change->rtable))->repeat = plan::Repeat::Conflict;
    return change;
}

} // namespace cedro::planner
