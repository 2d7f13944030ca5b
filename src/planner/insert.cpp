#include "planner/insert.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "plan/insert.hpp"
#include "planner/conflict.hpp"
#include "planner/returning.hpp"
#include "table/table.hpp"

namespace cedro::planner {

namespace {

List *named_columns(const RangeTblEntry *target) {
    List *columns = NIL;
    int member = -1;
    while ((member = bms_next_member(target->insertedCols, member)) >= 0)
        columns = lappend_int(columns, member + FirstLowInvalidHeapAttributeNumber);
    return columns;
}

// ModifyTable drops the junk columns of its child; so does the scan.
List *source_positions(const Plan *child) {
    List *positions = NIL;
    for (TargetEntry *entry : pg::ListOf<TargetEntry>(child->targetlist))
        if (!entry->resjunk) positions = lappend_int(positions, entry->resno);
    return positions;
}

bool shares_rows(Oid relid, const RangeTblEntry *target) {
    if (relid == target->relid) return true;
    // Partitions and their parents hold the same rows.
    return get_rel_relispartition(relid) || get_rel_relkind(relid) == RELKIND_PARTITIONED_TABLE;
}

bool reads_target(const PlannedStmt *statement, Index target_index) {
    const RangeTblEntry *target = rt_fetch(target_index, statement->rtable);
    Index index = 0;
    for (const RangeTblEntry *entry : pg::ListOf<const RangeTblEntry>(statement->rtable)) {
        index++;
        // EXCLUDED is an entry of the table too, with the kind of a composite type.
        if (index == target_index || entry->rtekind != RTE_RELATION || entry->relkind == RELKIND_COMPOSITE_TYPE)
            continue;
        if (table::is_shell(entry->relid) && shares_rows(entry->relid, target)) return true;
    }
    return false;
}

List *view_checks(List *options) {
    List *checks = NIL;
    for (WithCheckOption *option : pg::ListOf<WithCheckOption>(options))
        if (option->kind == WCO_VIEW_CHECK) checks = lappend(checks, option);
    return checks;
}

} // namespace

Plan *plan_insert(const PlannedStmt *statement, ModifyTable *modify, const Query *query) {
    const auto target_index = static_cast<Index>(linitial_int(modify->resultRelations));
    const RangeTblEntry *target = rt_fetch(target_index, statement->rtable);
    Plan *child = outerPlan(&modify->plan);

    plan::Insert *insert = plan::make_insert();
    insert->relid = target->relid;
    insert->role = target->checkAsUser;
    List *values = NIL;
    insert->conflict = query->onConflict ? conflict_statement(query, target->relid, &values) : nullptr;
    insert->arbiters = modify->arbiterIndexes;
    insert->columns = named_columns(target);
    insert->source = source_positions(child);
    insert->returns_rows = modify->returningLists != NIL;
    insert->sets_tag = modify->canSetTag;
    insert->reads_target = reads_target(statement, target_index);

    ReturnedColumns columns(target_index, target->relid);
    List *targets = insert->returns_rows ? columns.fetch(linitial_node(List, modify->returningLists)) : NIL;
    if (modify->withCheckOptionLists)
        insert->checks = columns.fetch(view_checks(linitial_node(List, modify->withCheckOptionLists)));
    insert->returned = columns.attributes();

    auto *scan = makeNode(CustomScan);
    scan->scan.plan = modify->plan;
    scan->scan.plan.type = T_CustomScan;
    scan->scan.plan.targetlist = targets;
    scan->scan.plan.lefttree = nullptr;
    scan->custom_plans = list_make1(child);
    scan->custom_scan_tlist = columns.scan_targets();
    for (Expr *value : pg::ListOf<Expr>(values))
        scan->custom_exprs = lappend(scan->custom_exprs, expression_planner(value));
    scan->custom_private = list_make1(insert);
    scan->methods = GetCustomScanMethods(plan::kInsertScan, false);
    return &scan->scan.plan;
}

} // namespace cedro::planner
