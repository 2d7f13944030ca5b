// Tasks that arrive as messages: planned for the shard groups they name.
#include "pg/array.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "pg/scope.hpp"
#include "pg/walk.hpp"
#include "table/table.hpp"
#include "transaction/held_snapshot.hpp"
#include "transaction/node_session.hpp"
#include "worker/partial.hpp"
#include "worker/task.hpp"
#include "worker/union.hpp"

namespace cedro::worker {

namespace {

extern "C" Node *make_no_state(CustomScan *) {
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a task was executed before its shard groups were known")));
}

// A plan made before the groups are known carries the query; it is never
// executed itself: ExecutorStart puts the plan for the groups in its place.
constexpr CustomScanMethods kUnboundMethods = {"Citus Task", make_no_state};

// The text of the utility statement that runs at top level, whose query is a
// task: PostgreSQL keeps it apart from debug_query_string.
constinit const char *top_level_text = nullptr;

// So dear that the plan cache prefers a plan for the groups at hand.
constexpr Cost kUnboundCost = 1.0e15;

List *tables_of(Query *query) {
    List *relids = NIL;
    pg::any_node(
        reinterpret_cast<Node *>(query),
        [&](Node *node) {
            if (!IsA(node, RangeTblEntry)) return false;
            const auto *entry = reinterpret_cast<RangeTblEntry *>(node);
            if (entry->rtekind == RTE_RELATION) relids = list_append_unique_oid(relids, entry->relid);
            return false;
        },
        QTW_EXAMINE_RTES_BEFORE);
    return relids;
}

PlannedStmt *unbound_plan(Query *query, int cursor_options) {
    auto *scan = makeNode(CustomScan);
    scan->scan.plan.targetlist = static_cast<List *>(
        copyObjectImpl(query->commandType == CMD_SELECT ? query->targetList : query->returningList));
    scan->scan.plan.total_cost = kUnboundCost;
    scan->custom_private = list_make2(query, makeInteger(cursor_options));
    scan->methods = &kUnboundMethods;

    auto *plan = makeNode(PlannedStmt);
    plan->commandType = query->commandType;
    plan->queryId = query->queryId;
    plan->hasReturning = query->returningList != NIL;
    plan->hasModifyingCTE = query->hasModifyingCTE;
    plan->canSetTag = query->canSetTag;
    plan->planTree = &scan->scan.plan;
    plan->relationOids = tables_of(query);
    plan->stmt_location = query->stmt_location;
    plan->stmt_len = query->stmt_len;
    return plan;
}

// The shard groups of an execution; nothing before the parameters are known.
std::optional<pg::Vector<plan::Group>> groups_of(const plan::Header &header, ParamListInfo parameters) {
    if (!header.is_parameter) return header.groups;
    if (!parameters) return std::nullopt;
    ParamExternData store;
    const ParamExternData *parameter = nullptr;
    if (parameters->numParams > 0)
        parameter =
            parameters->paramFetch ? parameters->paramFetch(parameters, 1, false, &store) : &parameters->params[0];
    if (!parameter || parameter->ptype != INT4ARRAYOID || parameter->isnull)
        ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("a task lacks its shard groups")));
    return plan::groups_of(parameter->value);
}

} // namespace

std::optional<plan::Header> task_header(const char *query_string) {
    if (!query_string || !transaction::is_proved_session()) return std::nullopt;
    if (query_string != debug_query_string && query_string != top_level_text) return std::nullopt;
    return plan::header_of(query_string);
}

bool run_task_utility(const pg::Utility &utility) {
    if (!utility.is_top_level() || !transaction::is_proved_session()) return false;
    if (!plan::header_of(utility.query_string)) return false;
    as_task_text(utility.query_string, [&] { utility.run(); });
    return true;
}

void as_task_text(const char *query_string, pg::FunctionRef<void()> body) {
    const char *outer = top_level_text;
    top_level_text = query_string;
    pg::finally(body, [&] { top_level_text = outer; });
}

PlannedStmt *plan_task(Query *query, const char *query_string, int cursor_options, ParamListInfo parameters) {
    const std::optional<plan::Header> header = task_header(query_string);
    if (!header) return nullptr;
    const auto groups = groups_of(*header, parameters);
    if (!groups) return unbound_plan(query, cursor_options);
    return plan_bound(bind_all(query, *groups), query_string, cursor_options, parameters);
}

void start_task(QueryDesc *execution) {
    const Plan *plan = execution->plannedstmt->planTree;
    if (!plan || !IsA(plan, CustomScan)) return;
    const auto *scan = reinterpret_cast<const CustomScan *>(plan);
    if (scan->methods != &kUnboundMethods) return;
    const std::optional<plan::Header> header = plan::header_of(execution->sourceText);
    const auto groups = header ? groups_of(*header, execution->params) : std::nullopt;
    if (!groups) ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("a task lacks its shard groups")));
    auto *query = static_cast<Query *>(copyObjectImpl(linitial(scan->custom_private)));
    execution->plannedstmt = plan_bound(bind_all(query, *groups), execution->sourceText,
                                        intVal(lsecond(scan->custom_private)), execution->params);
}

void take_held_snapshot(QueryDesc *execution) {
    if (!transaction::has_held_snapshots() || IsolationUsesXactSnapshot()) return;
    // A portal has a copy of the message's text, so pointers say nothing here. A user who writes such a header gets no
    // more than an older snapshot of his own statement.
    const std::optional<plan::Header> header = plan::header_of(execution->sourceText);
    const auto groups = header ? groups_of(*header, execution->params) : std::nullopt;
    const int32 number = groups ? plan::snapshot_of(*groups) : 0;
    if (number == 0) return;
    UnregisterSnapshot(execution->snapshot);
    execution->snapshot = transaction::held_snapshot(number);
}

void register_dispatch() { RegisterCustomScanMethods(&kUnboundMethods); }

} // namespace cedro::worker
