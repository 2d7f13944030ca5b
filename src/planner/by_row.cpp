#include "planner/by_row.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/trigger.hpp"
#include "pg/walk.hpp"
#include "plan/row_change.hpp"
#include "planner/modify_checks.hpp"
#include "planner/returning.hpp"
#include "table/table.hpp"

namespace cedro::planner {

namespace {

RangeTblEntry *target_of(const Query *query) { return rt_fetch(query->resultRelation, query->rtable); }

// The columns of the primary key; none when there is none.
List *primary_key(Oid relid) {
    List *columns = NIL;
    pg::with_relation(relid, NoLock, [&](Relation relation) {
        Bitmapset *key = RelationGetIndexAttrBitmap(relation, INDEX_ATTR_BITMAP_PRIMARY_KEY);
        for (int member = -1; (member = bms_next_member(key, member)) >= 0;)
            columns = lappend_int(columns, member + FirstLowInvalidHeapAttributeNumber);
    });
    return columns;
}

// ctid names a row on one placement only, and in one partition.
List *identity_of(const RangeTblEntry *target) {
    if (List *key = primary_key(target->relid)) return key;
    const table::Table &table = table::get(target->relid);
    if (table.replication_factor() > 1 || target->relkind != RELKIND_RELATION) return NIL;
    return list_make1_int(SelfItemPointerAttributeNumber);
}

Var *column_of(const Query *query, AttrNumber attribute) {
    if (attribute == SelfItemPointerAttributeNumber)
        return makeVar(query->resultRelation, attribute, TIDOID, -1, InvalidOid, 0);
    Oid type;
    int32 modifier;
    Oid collation;
    get_atttypetypmodcoll(target_of(query)->relid, attribute, &type, &modifier, &collation);
    return makeVar(query->resultRelation, attribute, type, modifier, collation, 0);
}

// Builds the SELECT that finds the rows, and notes where it puts what.
class Source {
public:
    Source(const Query *query, plan::RowChange *change)
        : query_(static_cast<Query *>(copyObjectImpl(query))), change_(change) {
        targets_ = query_->targetList;
        query_->targetList = NIL;
    }

    int add(Expr *value) {
        const auto position = static_cast<AttrNumber>(list_length(query_->targetList) + 1);
        query_->targetList =
            lappend(query_->targetList, makeTargetEntry(value, position, psprintf("c%d", position), false));
        return position;
    }

    void add_identity() {
        for (int i = 0; i < list_length(change_->identity); i++)
            add(reinterpret_cast<Expr *>(
                column_of(query_, static_cast<AttrNumber>(list_nth_int(change_->identity, i)))));
        const table::Table &table = table::get(change_->relid);
        if (table.key != 0) change_->key = add(reinterpret_cast<Expr *>(column_of(query_, table.key)));
    }

    void add_values() {
        if (change_->is_delete) return;
        for (TargetEntry *entry : pg::ListOf<TargetEntry>(targets_)) {
            if (entry->resjunk) continue;
            change_->columns = lappend_int(change_->columns, entry->resno);
            change_->values = lappend_int(change_->values, add(entry->expr));
            change_->changes_identity |= list_member_int(change_->identity, entry->resno);
        }
        if (change_->moves_rows) add_row();
        // Sub-selects that give several columns at once stand behind those, as junk.
        for (TargetEntry *entry : pg::ListOf<TargetEntry>(targets_)) {
            if (!entry->resjunk) continue;
            entry->resno = static_cast<AttrNumber>(list_length(query_->targetList) + 1);
            query_->targetList = lappend(query_->targetList, entry);
        }
    }

    // The whole new row, for another shard.
    void add_row() {
        Relation relation = table_open(change_->relid, NoLock);
        for (int i = 1; i <= RelationGetNumberOfAttributes(relation); i++) {
            const FormData_pg_attribute *column = TupleDescAttr(RelationGetDescr(relation), i - 1);
            int position = 0;
            for (int j = 0; j < list_length(change_->columns); j++)
                if (list_nth_int(change_->columns, j) == i) position = list_nth_int(change_->values, j);
            if (!position && !column->attisdropped && !column->attgenerated)
                position = add(reinterpret_cast<Expr *>(column_of(query_, static_cast<AttrNumber>(i))));
            change_->row = lappend_int(change_->row, position);
        }
        table_close(relation, NoLock);
    }

    // Columns of other tables that the expressions use, as columns of the SELECT; the
    // expressions read them from the scan's tuple after the returned columns.
    List *carry(List *expressions, int returned) {
        return reinterpret_cast<List *>(pg::replaced(reinterpret_cast<Node *>(expressions), [&](Node *node) -> Node * {
            if (!IsA(node, Var) || reinterpret_cast<Var *>(node)->varno == INDEX_VAR) return nullptr;
            const int position = add(static_cast<Expr *>(copyObjectImpl(node)));
            change_->carried = lappend_int(change_->carried, position);
            auto *column = static_cast<Var *>(copyObjectImpl(node));
            column->varno = INDEX_VAR;
            column->varattno = static_cast<AttrNumber>(returned + list_length(change_->carried));
            return reinterpret_cast<Node *>(column);
        }));
    }

    // Junk entries stand last.
    Query *select() {
        query_->commandType = CMD_SELECT;
        auto *lock = makeNode(RowMarkClause);
        lock->rti = static_cast<Index>(query_->resultRelation);
        lock->strength = change_->is_delete || change_->changes_identity ? LCS_FORUPDATE : LCS_FORNOKEYUPDATE;
        lock->waitPolicy = LockWaitBlock;
        query_->rowMarks = list_make1(lock);
        query_->hasForUpdate = true;
        target_of(query_)->inFromCl = true;
        query_->resultRelation = 0;
        query_->returningList = NIL;
        return query_;
    }

    const List *columns() const { return query_->targetList; }

private:
    Query *query_;
    plan::RowChange *change_;
    List *targets_;
};

// Vars of the same column share a name in the tuple: only types matter there.
List *scan_tuple(const ReturnedColumns &returned, const plan::RowChange *change, const List *source) {
    List *tuple = returned.scan_targets();
    for (int i = 0; i < list_length(change->carried); i++) {
        auto *value =
            reinterpret_cast<Node *>(list_nth_node(TargetEntry, source, list_nth_int(change->carried, i) - 1)->expr);
        auto *place = makeNullConst(exprType(value), exprTypmod(value), exprCollation(value));
        tuple = lappend(tuple, makeTargetEntry(reinterpret_cast<Expr *>(place),
                                               static_cast<AttrNumber>(list_length(tuple) + 1), nullptr, false));
    }
    return tuple;
}

bool has_sub_select(const List *expressions) {
    return pg::any_node(reinterpret_cast<Node *>(const_cast<List *>(expressions)),
                        [](Node *node) { return IsA(node, SubLink); });
}

// What views demand of the new rows. (The nodes judge policies.)
List *view_checks(const Query *query) {
    List *checks = NIL;
    for (const WithCheckOption *option : pg::ListOf<const WithCheckOption>(query->withCheckOptions)) {
        if (option->kind != WCO_VIEW_CHECK) continue;
        auto *check = static_cast<WithCheckOption *>(copyObjectImpl(option));
        Expr *condition = expression_planner(reinterpret_cast<Expr *>(check->qual));
        check->qual = reinterpret_cast<Node *>(make_ands_implicit(condition));
        checks = lappend(checks, check);
    }
    return checks;
}

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

bool has_cursor_position(const Query *query) {
    return pg::any_node(query->jointree->quals, [](Node *node) { return IsA(node, CurrentOfExpr); });
}

} // namespace

const char *no_by_row(const Query *query) {
    if (query->commandType == CMD_MERGE) return "MERGE";
    if (has_sub_select(query->returningList)) return "a sub-select in RETURNING";
    if (has_sub_select(query->withCheckOptions)) return "a sub-select in a view WITH CHECK OPTION";
    if (has_cursor_position(query)) return "WHERE CURRENT OF";
    // Its actions would take a row that moves for one that is deleted.
    if (may_move_rows(query) && has_foreign_key_actions(target_of(query)->relid))
        return "a new value of the distribution column of a table that foreign keys with actions reference";
    // The policies for UPDATE are not those for DELETE and INSERT.
    if (may_move_rows(query) && query->hasRowSecurity)
        return "a new value of the distribution column where row-level security is on";
    if (!identity_of(target_of(query))) return "a table with several copies or partitions that has no primary key";
    return nullptr;
}

PlannedStmt *plan_by_row(const Query *query, pg::FunctionRef<PlannedStmt *(Query *)> plan_rest) {
    const RangeTblEntry *target = target_of(query);
    plan::RowChange *change = plan::make_row_change();
    change->relid = target->relid;
    change->role = target->checkAsUser;
    change->is_delete = query->commandType == CMD_DELETE;
    change->returns_rows = query->returningList != NIL;
    change->identity = identity_of(target);
    change->moves_rows = may_move_rows(query);

    Source source(query, change);
    source.add_identity();
    ReturnedColumns returned(static_cast<Index>(query->resultRelation), target->relid);
    List *returning = returned.fetch(query->returningList);
    change->checks = returned.fetch(view_checks(query));
    change->returned = returned.attributes();
    returning = source.carry(returning, list_length(change->returned));
    source.add_values();

    auto *scan = makeNode(CustomScan);
    scan->custom_scan_tlist = scan_tuple(returned, change, source.columns());
    for (TargetEntry *entry : pg::ListOf<TargetEntry>(returning)) entry->expr = expression_planner(entry->expr);
    PlannedStmt *statement = plan_rest(source.select());
    scan->scan.plan.targetlist = returning;
    scan->scan.plan.plan_node_id = statement->planTree->plan_node_id;
    scan->scan.plan.startup_cost = statement->planTree->startup_cost;
    scan->scan.plan.total_cost = statement->planTree->total_cost;
    scan->scan.plan.plan_rows = statement->planTree->plan_rows;
    scan->custom_plans = list_make1(statement->planTree);
    scan->custom_private = list_make1(change);
    scan->methods = GetCustomScanMethods(plan::kRowChangeScan, false);
    statement->planTree = &scan->scan.plan;
    statement->commandType = query->commandType;
    statement->hasReturning = change->returns_rows;
    return statement;
}

} // namespace cedro::planner
