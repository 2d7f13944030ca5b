#include "worker/guard.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/held_snapshot.hpp"
#include "transaction/serializable.hpp"

namespace cedro::worker {

namespace {

constinit bool shells_are_read = false;

void refuse(const PlannedStmt *statement, Index index) {
    if (index == 0) return;
    const RangeTblEntry *entry = rt_fetch(static_cast<int>(index), statement->rtable);
    if (entry->rtekind != RTE_RELATION || !table::is_shell(entry->relid)) return;
    ereport(ERROR,
            (errcode(ERRCODE_INTERNAL_ERROR),
             errmsg("plan uses the storage of distributed table \"%s\", which has no rows", get_rel_name(entry->relid)),
             errhint("This is a defect of the planner. Please report the statement.")));
}

void check_node(const PlannedStmt *statement, const Plan *plan);

void check_nodes(const PlannedStmt *statement, const List *plans) {
    for (const Plan *each : pg::ListOf<Plan>(plans)) check_node(statement, each);
}

void check_node(const PlannedStmt *statement, const Plan *plan) {
    if (!plan) return;
    check_stack_depth();
    switch (nodeTag(plan)) {
    case T_SeqScan:
    case T_SampleScan:
    case T_IndexScan:
    case T_IndexOnlyScan:
    case T_BitmapIndexScan:
    case T_BitmapHeapScan:
    case T_TidScan:
    case T_TidRangeScan: refuse(statement, reinterpret_cast<const Scan *>(plan)->scanrelid); break;
    case T_SubqueryScan: check_node(statement, reinterpret_cast<const SubqueryScan *>(plan)->subplan); break;
    case T_ModifyTable: {
        const auto *modify = reinterpret_cast<const ModifyTable *>(plan);
        for (int i = 0; i < list_length(modify->resultRelations); i++)
            refuse(statement, static_cast<Index>(list_nth_int(modify->resultRelations, i)));
        break;
    }
    case T_Append: check_nodes(statement, reinterpret_cast<const Append *>(plan)->appendplans); break;
    case T_MergeAppend: check_nodes(statement, reinterpret_cast<const MergeAppend *>(plan)->mergeplans); break;
    case T_BitmapAnd: check_nodes(statement, reinterpret_cast<const BitmapAnd *>(plan)->bitmapplans); break;
    case T_BitmapOr: check_nodes(statement, reinterpret_cast<const BitmapOr *>(plan)->bitmapplans); break;
    case T_CustomScan: check_nodes(statement, reinterpret_cast<const CustomScan *>(plan)->custom_plans); break;
    default: break;
    }
    check_node(statement, plan->lefttree);
    check_node(statement, plan->righttree);
}

bool has_shell(const PlannedStmt *plan) {
    for (const RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(plan->rtable))
        if (entry->rtekind == RTE_RELATION && table::is_shell(entry->relid)) return true;
    return false;
}

bool holds_rows_of_users(const RangeTblEntry *entry) {
    if (entry->rtekind != RTE_RELATION || table::is_shell(entry->relid)) return false;
    const bool has_rows = entry->relkind == RELKIND_RELATION || entry->relkind == RELKIND_PARTITIONED_TABLE ||
                          entry->relkind == RELKIND_MATVIEW;
    return has_rows && get_rel_namespace(entry->relid) != PG_CATALOG_NAMESPACE &&
           get_rel_persistence(entry->relid) != RELPERSISTENCE_TEMP;
}

} // namespace

bool uses_rows_here(const PlannedStmt *plan) {
    for (const RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(plan->rtable))
        if (holds_rows_of_users(entry)) return true;
    return false;
}

void count_as_used(const PlannedStmt *plan) {
    if (!IsolationUsesXactSnapshot() || IsParallelWorker() || shells_are_read || transaction::is_applying()) return;
    if (!uses_rows_here(plan)) return;
    transaction::use_this_node();
    transaction::fix_snapshot();
}

void check_plan(const PlannedStmt *plan) {
    if (shells_are_read || transaction::is_applying() || InNoForceRLSOperation() || IsParallelWorker()) return;
    if (plan->commandType == CMD_UTILITY || !has_shell(plan)) return;
    check_node(plan, plan->planTree);
    check_nodes(plan, plan->subplans);
}

void reading_shell(pg::FunctionRef<void()> body) {
    const bool outer = shells_are_read;
    shells_are_read = true;
    pg::finally(body, [&] { shells_are_read = outer; });
}

bool is_reading_shell() { return shells_are_read; }

} // namespace cedro::worker
