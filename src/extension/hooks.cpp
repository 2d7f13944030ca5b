#include "extension/hooks.hpp"

#include "convert/follow.hpp"
#include "convert/foreign_key.hpp"
#include "convert/global_key.hpp"
#include "copy/copy.hpp"
#include "copy/truncate.hpp"
#include "ddl/handler.hpp"
#include "ddl/table.hpp"
#include "executor/fragment_scan.hpp"
#include "job/launcher.hpp"
#include "job/roster.hpp"
#include "pg/executor.hpp"
#include "pg/planner.hpp"
#include "pg/shared_memory.hpp"
#include "pg/utility.hpp"
#include "plan/statement.hpp"
#include "planner/extent.hpp"
#include "planner/fragment_path.hpp"
#include "planner/plan.hpp"
#include "rebalance/progress.hpp"
#include "replica/option.hpp"
#include "transaction/deadlock.hpp"
#include "transaction/distributed_id.hpp"
#include "transaction/in_doubt.hpp"
#include "transaction/late_writer.hpp"
#include "transaction/node_session.hpp"
#include "transaction/prepare_command.hpp"
#include "transaction/session.hpp"
#include "transaction/user_code.hpp"
#include "unique/change.hpp"
#include "worker/exchange/bind.hpp"
#include "worker/guard.hpp"
#include "worker/task.hpp"
#include "worker/task_copy.hpp"
#include "worker/visibility.hpp"

namespace cedro::extension {

namespace {

constinit ProcessUtility_hook_type next_utility = nullptr;
constinit shmem_request_hook_type next_shmem_request = nullptr;
constinit emit_log_hook_type next_emit_log = nullptr;
constinit shmem_startup_hook_type next_shmem_startup = nullptr;
constinit post_parse_analyze_hook_type next_analysis = nullptr;
constinit planner_hook_type next_planner = nullptr;
constinit set_rel_pathlist_hook_type next_paths = nullptr;
constinit get_relation_info_hook_type next_extent = nullptr;
constinit ExecutorStart_hook_type next_start = nullptr;
constinit ExecutorRun_hook_type next_run = nullptr;

// Utility statements: the first handler that takes a statement executes it.
// Order: what other nodes tell this one, then transactions, COPY and TRUNCATE, then DDL.
constexpr pg::UtilityHandler kUtilityHandlers[] = {
    transaction::handle_utility,
    transaction::handle_two_phase,
    job::handle_utility,
    worker::handle_utility,
    worker::refuse_shard_changes,
    copy::copy_from,
    copy::copy_to,
    copy::truncate,
    copy::lock_table,
    replica::handle_utility,
    convert::handle_utility,
    ddl::handle_utility,
};

extern "C" void execute_utility(PlannedStmt *statement, const char *query_string, bool is_tree_read_only,
                                ProcessUtilityContext context, ParamListInfo parameters, QueryEnvironment *environment,
                                DestReceiver *receiver, QueryCompletion *completion) {
    const pg::Utility utility{statement,   query_string, is_tree_read_only, context,     parameters,
                              environment, receiver,     completion,        next_utility};
    if (std::ranges::none_of(kUtilityHandlers, [&](pg::UtilityHandler handler) { return handler(utility); }))
        utility.run();
    convert::follow(utility);
}

extern "C" void correct_message(ErrorData *error) {
    if (next_emit_log) next_emit_log(error);
    transaction::correct_cancel(error);
}

extern "C" void request_memory() {
    if (next_shmem_request) next_shmem_request();
    transaction::request_shared_memory();
    transaction::request_in_doubt_memory();
    rebalance::request_shared_memory();
    job::request_shared_memory();
}

extern "C" void attach_memory() {
    if (next_shmem_startup) next_shmem_startup();
    transaction::attach_shared_memory();
    transaction::attach_in_doubt_memory();
    rebalance::attach_shared_memory();
    job::attach_shared_memory();
}

extern "C" void keep_analysed(ParseState *state, Query *query, JumbleState *jumble) {
    if (next_analysis) next_analysis(state, query, jumble);
    plan::keep_statements(query);
}

extern "C" PlannedStmt *plan_statement(Query *query, const char *query_string, int cursor_options,
                                       ParamListInfo parameters) {
    if (PlannedStmt *task = worker::plan_task(query, query_string, cursor_options, parameters)) return task;
    worker::refuse_shard_writes(query, query_string);
    worker::hide_shards(query);
    return planner::plan(query, query_string, cursor_options, parameters, next_planner);
}

extern "C" void add_extent(PlannerInfo *root, Oid relid, bool is_parent, RelOptInfo *relation) {
    if (next_extent) next_extent(root, relid, is_parent, relation);
    planner::set_extent(root, relid, is_parent, relation);
}

extern "C" void add_paths(PlannerInfo *root, RelOptInfo *rel, Index index, RangeTblEntry *entry) {
    if (next_paths) next_paths(root, rel, index, entry);
    if (!worker::set_exchange_path(root, rel, entry)) planner::set_paths(root, rel, index, entry);
}

extern "C" void start_execution(QueryDesc *execution, int flags) {
    worker::start_task(execution);
    worker::check_plan(execution->plannedstmt);
    worker::take_held_snapshot(execution);
    if (next_start)
        next_start(execution, flags);
    else
        standard_ExecutorStart(execution, flags);
    executor::fit_snapshots(execution, flags);
    worker::count_as_used(execution->plannedstmt);
}

extern "C" void run_execution(QueryDesc *execution, ScanDirection direction, uint64 count, bool is_once) {
    if (next_run)
        next_run(execution, direction, count, is_once);
    else
        standard_ExecutorRun(execution, direction, count, is_once);
    transaction::tell_of_writing();
}

} // namespace

void install_hooks() {
    next_shmem_request = shmem_request_hook;
    shmem_request_hook = request_memory;
    next_shmem_startup = shmem_startup_hook;
    shmem_startup_hook = attach_memory;
    next_emit_log = emit_log_hook;
    emit_log_hook = correct_message;
    transaction::initialize();
    transaction::confine_user_code();
    unique::initialize();
    job::register_launcher();
    ddl::initialize();
    ddl::set_table_rules({convert::check_keys, convert::drop_keys, convert::reconcile_keys,
                          [](Oid table) { convert::require_enforceable_foreign_keys(table); }});
    next_utility = ProcessUtility_hook;
    ProcessUtility_hook = execute_utility;
    next_analysis = post_parse_analyze_hook;
    post_parse_analyze_hook = keep_analysed;
    next_planner = planner_hook;
    planner_hook = plan_statement;
    next_extent = get_relation_info_hook;
    get_relation_info_hook = add_extent;
    next_paths = set_rel_pathlist_hook;
    set_rel_pathlist_hook = add_paths;
    next_start = ExecutorStart_hook;
    ExecutorStart_hook = start_execution;
    next_run = ExecutorRun_hook;
    ExecutorRun_hook = run_execution;
}

} // namespace cedro::extension
