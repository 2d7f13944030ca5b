#include "executor/modify_scan.hpp"

#include "cluster/node.hpp"
#include "executor/constants.hpp"
#include "executor/fragment_scan.hpp"
#include "executor/placement.hpp"
#include "executor/returned_rows.hpp"
#include "executor/write_tasks.hpp"
#include "executor/write_turn.hpp"
#include "pg/explain.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "plan/modify.hpp"
#include "plan/site.hpp"
#include "plan/sql_text.hpp"

namespace cedro::executor {

void (*explain_write)(const Shown &, ExplainState *) = nullptr;

namespace {

struct ModifyState {
    CustomScanState scan; // first: PostgreSQL sees only this
    const plan::Modify *modify;
    List *values_left_open; // ExprStates of the scan's custom_exprs
    ReturnedRows *returned;
    bool is_done;
};

// What is executed where, once all values are known.
struct Work {
    List *values;
    pg::Vector<Task> tasks;
};

ModifyState *state_of(CustomScanState *node) { return reinterpret_cast<ModifyState *>(node); }

Node *node_of(void *any) { return static_cast<Node *>(any); }

Work work_of(ModifyState *state) {
    List *values = constants_of(state->values_left_open, state->scan.ss.ps.ps_ExprContext);
    const plan::Modify &modify = *state->modify;
    plan::Fragment fragment = *modify.fragment;
    Node *pruning = plan::with_values(node_of(fragment.pruning), values);
    fragment.pruning = reinterpret_cast<List *>(eval_const_expressions(nullptr, pruning));
    return {values, tasks_of(&fragment)};
}

// Every copy of the target must be where all other tables of the statement are.
void check_placements(const table::Table &table, const WriteTask &task, List *tables, bool is_volatile) {
    pg::Vector<Oid> all;
    for (Oid relid : pg::OidsOf(tables)) all.push(relid);
    const pg::Vector<int32> holders = plan::nodes_with(all, task.groups);
    int copies = 0;
    for (const table::Placement &placement : table.shards[static_cast<size_t>(task.ordinal)].placements) {
        if (!placement.is_active) continue;
        copies++;
        const cluster::Node *node = cluster::primary_of(placement.group);
        if (!node || !node->is_active) continue; // refused where the session is asked for
        if (!holders.contains(node->id))
            ereport(ERROR,
                    (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                     errmsg("a copy of a shard of table \"%s\" is on a node that lacks other tables of the statement",
                            get_rel_name(table.relid)),
                     errdetail("Node %s:%d executes the statement on its copy, and needs them all.", node->host,
                               node->port)));
    }
    if (copies > 1 && is_volatile)
        ereport(ERROR,
                (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                 errmsg("volatile functions are not supported in an UPDATE, DELETE or MERGE of table \"%s\", whose "
                        "shards have several copies",
                        get_rel_name(table.relid)),
                 errhint("Compute the values first, and pass them to the statement.")));
}

void modify_all(ModifyState *state) {
    EState *estate = state->scan.ss.ps.state;
    start_scans(estate);
    pg::with_context(estate->es_query_cxt, [&] {
        const plan::Modify &modify = *state->modify;
        state->returned = make_returned_rows(&state->scan);
        const Work work = work_of(state);
        // The plan keeps the text for its next execution.
        auto *keeper = const_cast<plan::Modify *>(&modify);
        const plan::TaskText text = plan::task_text(modify.statement, work.values, &keeper->text, keeper);
        const table::Table &planned = table::get(modify.target);
        pg::Vector<WriteTask> tasks;
        pg::Vector<int> ordinals;
        for (const Task &task : work.tasks) {
            const int ordinal = plan::ordinal_in(planned, task.groups);
            tasks.push({ordinal, text.sql, task.groups, text.values});
            ordinals.push(ordinal);
        }
        const table::Table &table = worker::lock_shards(planned, ordinals, worker::ShardLock::Exclusive);
        for (const WriteTask &task : tasks) check_placements(table, task, modify.fragment->tables, modify.is_volatile);
        TupleDesc type = state->scan.ss.ss_ScanTupleSlot->tts_tupleDescriptor;
        const Write write{&table, GetUserId(), modify.returns_rows ? type : nullptr, false, true};
        uint64 processed = 0;
        auto run = [&] {
            processed = run_write(write, tasks, [&](size_t, TupleTableSlot *row) { put(state->returned, row); });
        };
        // Groups with several copies are locked.
        if (tasks.size() > 1 && table.replication_factor() == 1)
            in_turn(table.relid, run);
        else
            run();
        if (modify.sets_tag) estate->es_processed += processed;
    });
}

void begin(CustomScanState *node, EState *estate, int flags) {
    ModifyState *state = state_of(node);
    state->values_left_open = ExecInitExprList(castNode(CustomScan, node->ss.ps.plan)->custom_exprs, &node->ss.ps);
    if (flags & EXEC_FLAG_EXPLAIN_ONLY) return;
    // In a WITH query it runs to its end, whatever the main query reads of it.
    if (!state->modify->sets_tag) estate->es_auxmodifytables = lcons(node, estate->es_auxmodifytables);
}

TupleTableSlot *execute(CustomScanState *node) {
    ModifyState *state = state_of(node);
    if (!state->is_done) modify_all(state);
    state->is_done = true;
    return state->modify->returns_rows ? next_projected(state->returned) : nullptr;
}

void end(CustomScanState *node) {
    if (state_of(node)->returned) end(state_of(node)->returned);
}

void rescan(CustomScanState *) {
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a distributed write cannot be executed twice")));
}

void explain(CustomScanState *node, List *, ExplainState *output) {
    ModifyState *state = state_of(node);
    ExplainPropertyText("Target", pg::qualified_name(state->modify->target), output);
    if (!explain_write) return;
    const Work work = work_of(state);
    auto *statement = reinterpret_cast<Query *>(plan::with_values(node_of(state->modify->statement), work.values));
    explain_write({plan::sql_text(statement), work.tasks, GetUserId()}, output);
}

constexpr CustomExecMethods kMethods = {
    .CustomName = plan::kModifyScan,
    .BeginCustomScan = begin,
    .ExecCustomScan = execute,
    .EndCustomScan = end,
    .ReScanCustomScan = rescan,
    .ExplainCustomScan = explain,
};

Node *create_state(CustomScan *scan) {
    auto *state = static_cast<ModifyState *>(palloc0(sizeof(ModifyState)));
    NodeSetTag(state, T_CustomScanState);
    state->scan.methods = &kMethods;
    state->modify = static_cast<const plan::Modify *>(linitial(scan->custom_private));
    return reinterpret_cast<Node *>(state);
}

constexpr CustomScanMethods kScanMethods = {plan::kModifyScan, create_state};

} // namespace

void register_modify_scan() { RegisterCustomScanMethods(&kScanMethods); }

} // namespace cedro::executor
