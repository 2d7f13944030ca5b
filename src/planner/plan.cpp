#include "planner/plan.hpp"

#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "plan/sequence_value.hpp"
#include "planner/distribute.hpp"
#include "planner/fragment_path.hpp"
#include "planner/normalise.hpp"
#include "planner/policies.hpp"
#include "planner/row_marks.hpp"
#include "planner/rules.hpp"
#include "planner/steps.hpp"
#include "planner/surgery.hpp"
#include "planner/whole.hpp"
#include "planner/write.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"
#include "worker/guard.hpp"

namespace cedro::planner {

namespace {

bool has_shells(Query *query) {
    bool found = false;
    for_each_entry(query, [&](Query *, int, RangeTblEntry *entry) {
        found = found || (entry->rtekind == RTE_RELATION && table::is_shell(entry->relid));
    });
    return found;
}

// The statement as one fragment, when nothing is left to do for this node.
PlannedStmt *plan_as_whole(const Query *query, int cursor_options) {
    if (query->commandType != CMD_SELECT) return nullptr;
    if (!may(Rule::Statements)) return nullptr;
    const Push push = push_whole(query);
    if (!push.fragment) return nullptr;
    if (!push.fragment->is_single && (query->sortClause || keeps_order_of_sub_select(query))) return nullptr;
    if (push.fragment->is_single && !setting::enable_router_execution) return nullptr;
    return plan_whole(query, push, cursor_options);
}

} // namespace

bool is_storage_meant() { return transaction::is_applying() || worker::is_reading_shell() || InNoForceRLSOperation(); }

PlannedStmt *plan(Query *query, const char *query_string, int cursor_options, ParamListInfo parameters,
                  planner_hook_type next) {
    auto plan_rest = [&](Query *rest) {
        return next ? next(rest, query_string, cursor_options, parameters)
                    : standard_planner(rest, query_string, cursor_options, parameters);
    };
    auto plan_reads = [&](Query *rest) {
        Run run;
        if (!setting::force_pull) distribute(run, rest);
        enclose_marked_tables(rest);
        PlannedStmt *result = plan_rest(rest);
        start_together(result->planTree);
        make_scrollable(result->planTree, cursor_options);
        result->dependsOnRole |= run.depends_on_role;
        return result;
    };
    if (is_storage_meant()) return plan_rest(query);
    query = reinterpret_cast<Query *>(plan::with_coordinator_values(reinterpret_cast<Node *>(query)));
    if (!has_shells(query)) return plan_rest(query);
    cluster::require_taking_part();
    begin_choices(query);
    place_policies(query);
    if (writes_to_shell(query))
        return plan_write(query, [&](Query *rest) {
            normalise(rest);
            return plan_reads(rest);
        });
    normalise(query);
    if (PlannedStmt *whole = plan_as_whole(query, cursor_options)) return whole;
    return plan_reads(query);
}

} // namespace cedro::planner
