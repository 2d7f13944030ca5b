// The scan of a fragment as PostgreSQL's planner sees it: a path in place of
// those over the empty shell, and the plan node that comes of it.
#pragma once
#include "pg/planner.hpp"
#include "plan/fragment.hpp"

namespace cedro::planner {

/// Costs in the planner's units: a round trip, and what a row costs on its way.
inline constexpr Cost kTaskCost = 100;
inline constexpr Cost kRowCost = 0.05;

/// The planner's set_rel_pathlist_hook. A shell that no rule claimed is read by
/// a scan of its own (the floor: every statement has a correct plan); a
/// sub-select that stands for a fragment by the scan of that fragment.
void set_paths(PlannerInfo *root, RelOptInfo *rel, Index index, RangeTblEntry *entry);

/// A column of the entry, system columns included, as a task's text computes it: over Var(1, …).
Expr *column_for_task(const Var *column, const RangeTblEntry *entry);

/// A fragment that reads one table. `targets` and `quals` are over Var(1, …).
plan::Fragment *table_fragment(const RangeTblEntry *entry, List *targets, Node *quals);

/// A scan of the fragment's rows. `tuple`: the columns the scan hands out (a
/// target list of Vars, for custom_scan_tlist); `target`: what it projects.
/// `whole_row`: position in `tuple` of a row made of all columns before it, or 0.
/// `order`: what each task sorts its rows by, see plan::kScanOrder; NIL: nothing.
CustomScan *make_scan(plan::Fragment *fragment, List *values, List *tuple, List *target, List *quals, int whole_row,
                      List *order);

/// Lets the scans that a finished plan reads in any case start at the same time.
/// Those of sub-queries in expressions are left out: they may never be evaluated,
/// and then must not fail.
void start_together(Plan *plan);

/// Lets a cursor that DECLARE makes without a word about SCROLL be read backwards where PostgreSQL would allow it: scans
/// then keep the rows they gave.
void make_scrollable(Plan *plan, int cursor_options);

} // namespace cedro::planner
