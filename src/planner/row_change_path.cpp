// The scan of a row change as PostgreSQL's planner sees it: over the plan of the
// sub-select that finds the rows.
#include "pg/list.hpp"
#include "plan/row_change.hpp"
#include "planner/by_row.hpp"

namespace cedro::planner {

namespace {

// All columns of the sub-select, as Vars.
List *all_columns(const RangeTblEntry *entry, Index index) {
    List *columns = NIL;
    for (TargetEntry *target : pg::ListOf<TargetEntry>(entry->subquery->targetList))
        if (!target->resjunk) columns = lappend(columns, makeVarFromTargetEntry(static_cast<int>(index), target));
    return columns;
}

// The change needs all columns, not only those that the query around it reads.
Path *with_all_columns(PlannerInfo *root, const Path *path, const List *columns) {
    auto *copy = makeNode(SubqueryScanPath);
    *copy = *castNode(SubqueryScanPath, const_cast<Path *>(path));
    PathTarget *target = create_empty_pathtarget();
    for (Expr *column : pg::ListOf<Expr>(columns)) add_column_to_pathtarget(target, column, 0);
    copy->path.pathtarget = set_pathtarget_cost_width(root, target);
    return &copy->path;
}

Plan *plan_scan(PlannerInfo *root, RelOptInfo *rel, CustomPath *path, List *target, List *, List *children) {
    auto *scan = makeNode(CustomScan);
    scan->scan.plan.targetlist = target;
    scan->scan.plan.qual = extract_actual_clauses(static_cast<List *>(lsecond(path->custom_private)), false);
    scan->flags = path->flags;
    scan->custom_plans = children;
    scan->custom_scan_tlist = add_to_flat_tlist(NIL, all_columns(planner_rt_fetch(rel->relid, root), rel->relid));
    scan->custom_private = list_make1(linitial(path->custom_private));
    scan->methods = GetCustomScanMethods(plan::kRowChangeScan, false);
    return &scan->scan.plan;
}

constexpr CustomPathMethods kPathMethods = {plan::kRowChangeScan, plan_scan, nullptr};

} // namespace

void set_change_path(PlannerInfo *root, RelOptInfo *rel, const RangeTblEntry *entry) {
    plan::RowChange *change = plan::row_change_of(entry);
    const auto *source = static_cast<const Path *>(linitial(rel->pathlist));
    auto *path = makeNode(CustomPath);
    path->path.pathtype = T_CustomScan;
    path->path.parent = rel;
    path->path.pathtarget = rel->reltarget;
    path->path.rows = source->rows;
    path->path.startup_cost = path->path.total_cost = source->total_cost;
    path->flags = CUSTOMPATH_SUPPORT_PROJECTION;
    path->custom_paths = list_make1(with_all_columns(root, source, all_columns(entry, rel->relid)));
    // Conditions are for rows that have been changed.
    path->custom_private = list_make2(change, rel->baserestrictinfo);
    path->methods = &kPathMethods;
    rel->baserestrictinfo = NIL;
    rel->pathlist = NIL;
    rel->partial_pathlist = NIL;
    rel->consider_parallel = false;
    add_path(rel, &path->path);
}

} // namespace cedro::planner
