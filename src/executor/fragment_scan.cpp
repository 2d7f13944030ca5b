#include "executor/fragment_scan.hpp"

#include "cluster/node.hpp"
#include "executor/merge.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "pg/scope.hpp"
#include "pg/walk.hpp"
#include "plan/sql_text.hpp"
#include "table/table.hpp"
#include "transaction/snapshot.hpp"
#include "worker/guard.hpp"

namespace cedro::executor {

void (*explain_fragment)(CustomScanState *, List *, ExplainState *) = nullptr;

namespace {

struct Run;

struct FragmentScan {
    CustomScanState base; // first: PostgreSQL sees this
    const plan::Fragment *fragment;
    int whole_row;                // column (from 1) made here of those before it, or 0
    List *values;                 // ExprStates
    Bitmapset *params;            // of other plan nodes that the values hang on
    MemoryContext context;        // of one execution; reset by a rescan
    TupleTableSlot *row;          // as tasks return it: without the column made here
    pg::Vector<SortColumn> order; // of the rows of each task and of the scan; empty: any
    Reader *reader;               // or merge
    Merge *merge;
    Run *run;          // what is read
    int32 snapshot;    // that the nodes hold for the statement; 0: none
    bool is_eager;     // starts when another one does
    bool was_read;     // rows were taken from the reader
    bool is_exhausted; // the nodes have no more rows
    bool is_kept;      // the rows are kept for rescans that change no value
    bool is_scrolled;  // and read backwards
    Tuplestorestate *kept;
    TupleTableSlot *kept_row;
    FragmentScan *next_known;
    MemoryContextCallback forget;
};

// All scans of running statements.
constinit FragmentScan *known_scans = nullptr;

FragmentScan *cast(CustomScanState *node) { return reinterpret_cast<FragmentScan *>(node); }
FragmentScan *cast(ScanState *node) { return reinterpret_cast<FragmentScan *>(node); }

const CustomScan *plan_of(const FragmentScan *scan) {
    return reinterpret_cast<const CustomScan *>(scan->base.ss.ps.plan);
}

pg::Vector<SortColumn> order_of(const CustomScan *plan) {
    pg::Vector<SortColumn> order;
    const auto *clauses = static_cast<const List *>(list_nth(plan->custom_private, plan::kScanOrder));
    for (const SortGroupClause *clause : pg::ListOf<const SortGroupClause>(clauses)) {
        const auto column = static_cast<AttrNumber>(clause->tleSortGroupRef);
        const TargetEntry *target = get_tle_by_resno(plan->custom_scan_tlist, column);
        const Oid collation = exprCollation(reinterpret_cast<const Node *>(target->expr));
        order.push({column, clause->sortop, collation, clause->nulls_first});
    }
    return order;
}

// The values that were unknown to the planner, as constants.
List *evaluated(FragmentScan *scan) {
    List *constants = NIL;
    ExprContext *context = scan->base.ss.ps.ps_ExprContext;
    for (ExprState *state : pg::ListOf<ExprState>(scan->values)) {
        auto *expression = reinterpret_cast<Node *>(state->expr);
        const Oid type = exprType(expression);
        int16 length;
        bool by_value;
        get_typlenbyval(type, &length, &by_value);
        bool is_null = false;
        Datum value = ExecEvalExprSwitchContext(state, context, &is_null);
        if (!is_null)
            value = length == -1 ? PointerGetDatum(PG_DETOAST_DATUM_COPY(value)) : datumCopy(value, by_value, length);
        constants = lappend(constants, makeConst(type, exprTypmod(expression), exprCollation(expression), length,
                                                 is_null ? 0 : value, is_null, by_value));
    }
    return constants;
}

Node *node_of(void *any) { return static_cast<Node *>(any); }

bool has_parameter(List *tree) {
    return pg::any_node(node_of(tree), [](Node *node) { return IsA(node, Param); });
}

// One execution: what the scan would do, and where.
struct Run {
    List *values;
    pg::Vector<Task> tasks;
    Oid role;
    pg::Vector<RunningExchange> exchanges = pg::Vector<RunningExchange>();
    const char *sql = nullptr; // where there are exchanges: with the values in it
};

Run prepare_exchanges(const plan::Fragment *fragment) {
    const pg::Vector<RunningExchange> exchanges = name_exchanges(fragment);
    return {NIL, tasks_of(fragment), OidIsValid(fragment->role) ? fragment->role : GetUserId(), exchanges,
            text_with(fragment, exchanges)};
}

Run prepare(FragmentScan *scan) {
    List *values = evaluated(scan);
    if (scan->fragment->exchanges) return prepare_exchanges(plan::with_values(scan->fragment, values));
    plan::Fragment fragment = *scan->fragment;
    if (has_parameter(fragment.pruning)) {
        Node *pruning = plan::with_values(node_of(fragment.pruning), values);
        fragment.pruning = reinterpret_cast<List *>(eval_const_expressions(nullptr, pruning));
    }
    // A condition on another key may tell the group.
    if (values && !fragment.is_single)
        fragment.query = reinterpret_cast<Query *>(plan::with_values(node_of(fragment.query), values));
    return {values, tasks_of(&fragment), OidIsValid(fragment.role) ? fragment.role : GetUserId()};
}

Shown show(const plan::Fragment *fragment, const Run &run) {
    if (run.sql) return {run.sql, run.tasks, run.role, run.exchanges};
    auto *query = reinterpret_cast<Query *>(plan::with_values(node_of(fragment->query), run.values));
    return {plan::sql_text(query), run.tasks, run.role};
}

// Whether the scan is all that its statement does.
bool is_whole_statement(const FragmentScan *scan) {
    const PlannedStmt *statement = scan->base.ss.ps.state->es_plannedstmt;
    return statement->planTree == scan->base.ss.ps.plan && statement->subplans == NIL;
}

Reading reading_of(const FragmentScan *scan, const Run &run) {
    if (run.sql) return {{run.sql, NIL}, run.role, false, false, false};
    // The plan keeps the text for its next execution.
    auto *fragment = const_cast<plan::Fragment *>(scan->fragment);
    const bool is_alone = fragment->is_single && fragment->is_small && !fragment->is_volatile &&
                          !fragment->locks_rows && is_whole_statement(scan);
    const bool can_join = list_length(fragment->layouts) == 1 && !fragment->locks_rows;
    return {plan::task_text(fragment->query, run.values, &fragment->text, fragment), run.role, fragment->is_small,
            can_join, is_alone};
}

void start(FragmentScan *scan) {
    pg::with_context(scan->context, [&] {
        if (!scan->run) scan->run = pg::make<Run>(prepare(scan));
        Run &run = *scan->run;
        for (Task &each : run.tasks) each.snapshot = scan->snapshot;
        fill_exchanges(run.exchanges, run.tasks);
        const Reading reading = reading_of(scan, run);
        TupleDesc type = scan->row->tts_tupleDescriptor;
        if (!scan->order.empty() && run.tasks.size() > 1)
            scan->merge = open_merge(reading, run.tasks, type, scan->order);
        else
            scan->reader = open(reading, run.tasks, type);
    });
}

bool has_started(const FragmentScan *scan) { return scan->reader || scan->merge; }

// Whether the scan can start without values of other plan nodes.
bool is_ready(const FragmentScan *scan) {
    return !has_started(scan) && bms_is_empty(plan_of(scan)->scan.plan.extParam);
}

// Other nodes work for all scans of the plan at the same time.
void start_all(FragmentScan *first) {
    start(first);
    if (!first->is_eager) return;
    for (FragmentScan *scan = known_scans; scan; scan = scan->next_known)
        if (scan->is_eager && scan->base.ss.ps.state == first->base.ss.ps.state && is_ready(scan)) start(scan);
}

void stop(FragmentScan *scan) {
    const bool holds_rows = has_started(scan);
    if (scan->reader) close(scan->reader);
    if (scan->merge) close_merge(scan->merge);
    if (holds_rows) drop_exchanges(scan->run->exchanges);
    if (scan->kept) tuplestore_end(scan->kept);
    scan->kept = nullptr;
    scan->reader = nullptr;
    scan->merge = nullptr;
    scan->was_read = scan->is_exhausted = false;
    scan->run = nullptr;
    MemoryContextReset(scan->context);
}

// Copies the row and adds one column, the row itself.
TupleTableSlot *with_whole_row(FragmentScan *scan) {
    TupleTableSlot *slot = scan->base.ss.ss_ScanTupleSlot;
    TupleTableSlot *row = scan->row;
    const auto count = static_cast<size_t>(row->tts_tupleDescriptor->natts);
    ExecClearTuple(slot);
    memcpy(slot->tts_values, row->tts_values, sizeof(Datum) * count);
    memcpy(slot->tts_isnull, row->tts_isnull, sizeof(bool) * count);
    MemoryContext row_context = scan->base.ss.ps.ps_ExprContext->ecxt_per_tuple_memory;
    slot->tts_values[count] = pg::with_context(row_context, [&] { return ExecFetchSlotHeapTupleDatum(row); });
    slot->tts_isnull[count] = false;
    return ExecStoreVirtualTuple(slot);
}

// The store takes work_mem, then disk.
void start_keeping(FragmentScan *scan) {
    EState *state = scan->base.ss.ps.state;
    pg::with_context(state->es_query_cxt, [&] {
        scan->kept = tuplestore_begin_heap(scan->is_scrolled, false, work_mem);
        tuplestore_set_eflags(scan->kept, EXEC_FLAG_REWIND | (scan->is_scrolled ? EXEC_FLAG_BACKWARD : 0));
        if (!scan->kept_row)
            scan->kept_row = MakeSingleTupleTableSlot(scan->row->tts_tupleDescriptor, &TTSOpsMinimalTuple);
    });
}

bool next_kept(FragmentScan *scan, bool forward) {
    TupleTableSlot *kept = scan->kept_row;
    if (!tuplestore_gettupleslot(scan->kept, forward, false, kept)) return false;
    slot_getallattrs(kept);
    const auto count = static_cast<size_t>(kept->tts_tupleDescriptor->natts);
    ExecClearTuple(scan->row);
    memcpy(scan->row->tts_values, kept->tts_values, sizeof(Datum) * count);
    memcpy(scan->row->tts_isnull, kept->tts_isnull, sizeof(bool) * count);
    ExecStoreVirtualTuple(scan->row);
    return true;
}

bool next_new(FragmentScan *scan) {
    if (scan->is_exhausted) return false;
    scan->is_exhausted = !(scan->merge ? next_merged(scan->merge, scan->row) : next(scan->reader, scan->row));
    if (!scan->is_exhausted && scan->kept) tuplestore_puttupleslot(scan->kept, scan->row);
    return !scan->is_exhausted;
}

// A row read before, or the next one of the nodes, which is then kept if rows are.
bool next_row(FragmentScan *scan) {
    const bool forward = ScanDirectionIsForward(scan->base.ss.ps.state->es_direction);
    if (scan->is_kept && !scan->kept) start_keeping(scan);
    if (!scan->kept) return next_new(scan);
    if (forward) return next_kept(scan, true) || next_new(scan);
    // Behind the last kept row and before the end: the row that was given last is the one at hand.
    if (tuplestore_ateof(scan->kept) && !scan->is_exhausted && !tuplestore_advance(scan->kept, false)) return false;
    return next_kept(scan, false);
}

extern "C" TupleTableSlot *fetch_row(ScanState *node) {
    FragmentScan *scan = cast(node);
    if (!has_started(scan)) start_all(scan);
    scan->was_read = true;
    if (!next_row(scan)) {
        ExecClearTuple(node->ss_ScanTupleSlot);
        return nullptr;
    }
    return scan->whole_row ? with_whole_row(scan) : scan->row;
}

// The row under recheck hangs on the sub-select's place in the range table as a whole row.
extern "C" bool recheck_row(ScanState *node, TupleTableSlot *slot) {
    const FragmentScan *scan = cast(node);
    const CustomScan *plan = plan_of(scan);
    const int index = bms_singleton_member(plan->custom_relids);
    TupleTableSlot *kept = node->ps.state->es_epq_active->relsubs_slot[index - 1];
    if (!kept || TupIsNull(kept)) return false;
    slot_getallattrs(kept);
    ExecClearTuple(slot);
    for (const TargetEntry *entry : pg::ListOf<const TargetEntry>(plan->custom_scan_tlist)) {
        const auto *column = castNode(const Var, entry->expr);
        const int position = entry->resno - 1;
        if (column->varattno < 1) {
            slot->tts_values[position] = ExecFetchSlotHeapTupleDatum(kept);
            slot->tts_isnull[position] = false;
            continue;
        }
        slot->tts_values[position] = kept->tts_values[column->varattno - 1];
        slot->tts_isnull[position] = kept->tts_isnull[column->varattno - 1];
    }
    ExecStoreVirtualTuple(slot);
    return true;
}

// The scan is known as long as the memory of its statement lives, also when that ends by an error.
void make_known(FragmentScan *scan, EState *state) {
    scan->next_known = known_scans;
    known_scans = scan;
    scan->forget.arg = scan;
    scan->forget.func = [](void *gone) {
        for (FragmentScan **each = &known_scans; *each; each = &(*each)->next_known) {
            if (*each != gone) continue;
            *each = (*each)->next_known;
            return;
        }
    };
    MemoryContextRegisterResetCallback(state->es_query_cxt, &scan->forget);
}

Bitmapset *params_of_values(const CustomScan *plan) {
    Bitmapset *params = nullptr;
    // What a sub-plan hangs on does not stand in the expression.
    const bool has_subplan = pg::any_node(reinterpret_cast<Node *>(plan->custom_exprs), [&](Node *each) {
        const auto *param = reinterpret_cast<const Param *>(each);
        if (IsA(each, Param) && param->paramkind == PARAM_EXEC) params = bms_add_member(params, param->paramid);
        return IsA(each, SubPlan) || IsA(each, AlternativeSubPlan);
    });
    return has_subplan ? bms_copy(plan->scan.plan.allParam) : params;
}

extern "C" void begin(CustomScanState *node, EState *state, int flags) {
    FragmentScan *scan = cast(node);
    if (!(flags & EXEC_FLAG_EXPLAIN_ONLY)) make_known(scan, state);
    const CustomScan *plan = plan_of(scan);
    scan->fragment = static_cast<const plan::Fragment *>(list_nth(plan->custom_private, plan::kScanFragment));
    scan->whole_row = intVal(list_nth(plan->custom_private, plan::kScanWholeRow));
    scan->order = order_of(plan);
    scan->is_eager = boolVal(list_nth(plan->custom_private, plan::kScanIsEager));
    scan->is_kept = (flags & (EXEC_FLAG_REWIND | EXEC_FLAG_BACKWARD)) != 0;
    scan->is_scrolled = (flags & EXEC_FLAG_BACKWARD) != 0;
    scan->params = params_of_values(plan);
    scan->values = ExecInitExprList(plan->custom_exprs, &node->ss.ps);
    scan->context = AllocSetContextCreate(state->es_query_cxt, "citus scan", ALLOCSET_SMALL_SIZES);
    if (!scan->whole_row) {
        scan->row = node->ss.ss_ScanTupleSlot;
        return;
    }
    List *columns = list_truncate(list_copy(plan->custom_scan_tlist), scan->whole_row - 1);
    TupleDesc type = ExecTypeFromTL(columns);
    BlessTupleDesc(type);
    scan->row = MakeSingleTupleTableSlot(type, &TTSOpsVirtual);
}

extern "C" TupleTableSlot *execute(CustomScanState *node) { return ExecScan(&node->ss, fetch_row, recheck_row); }

extern "C" void end(CustomScanState *node) { stop(cast(node)); }

extern "C" void rescan(CustomScanState *node) {
    FragmentScan *scan = cast(node);
    if (bms_overlap(node->ss.ps.chgParam, scan->params))
        stop(scan);
    else if (scan->kept)
        tuplestore_rescan(scan->kept);
    // What was started ahead and not read yet is as good as started anew.
    else if (scan->was_read) {
        stop(scan);
        scan->is_kept = true;
    }
    ExecScanReScan(&node->ss);
}

extern "C" void explain(CustomScanState *node, List *ancestors, ExplainState *state) {
    if (explain_fragment) explain_fragment(node, ancestors, state);
}

constexpr CustomExecMethods kExecMethods = {
    .CustomName = plan::kFragmentScan,
    .BeginCustomScan = begin,
    .ExecCustomScan = execute,
    .EndCustomScan = end,
    .ReScanCustomScan = rescan,
    .ExplainCustomScan = explain,
};

extern "C" Node *create_state(CustomScan *) {
    auto *scan = reinterpret_cast<FragmentScan *>(newNode(sizeof(FragmentScan), T_CustomScanState));
    scan->base.methods = &kExecMethods;
    return reinterpret_cast<Node *>(scan);
}

constexpr CustomScanMethods kScanMethods = {plan::kFragmentScan, create_state};

// Where the scans of a statement read.
struct Reach {
    pg::Vector<transaction::Session *> sessions;
    size_t messages; // each of which would have a snapshot of its own
    bool is_here;    // this backend reads, too
};

void add_node(Reach &reach, int32 id) {
    if (cluster::is_local(cluster::node(id))) {
        reach.is_here = true;
        return;
    }
    transaction::Session *session = transaction::session_if_reachable(id);
    if (session && !reach.sessions.contains(session)) reach.sessions.push(session);
}

// The node that the reader will choose.
void add_task(Reach &reach, const Task &task) {
    reach.messages++;
    for (int32 id : task.nodes)
        if (cluster::is_local(cluster::node(id)) || transaction::session_if_reachable(id)) return add_node(reach, id);
}

// Those that will send it rows.
void add_senders(Reach &reach, std::span<const RunningExchange> exchanges) {
    for (const RunningExchange &each : exchanges) {
        for (const Task &task : tasks_of(each.plan->producer)) add_task(reach, task);
        add_senders(reach, name_exchanges(each.plan->producer));
    }
}

// Every node where it could read: what it needs depends on values that come later.
void add_all_nodes(Reach &reach, const plan::Fragment *fragment) {
    reach.messages += fragment->is_single ? 1 : 2;
    for (Oid relid : pg::OidsOf(fragment->tables))
        for (const table::Shard &shard : table::get(relid).shards)
            for (const table::Placement &placement : shard.placements) {
                const cluster::Node *node = cluster::primary_of(placement.group);
                if (placement.is_active && node && node->is_active) add_node(reach, node->id);
            }
    for (const plan::Exchange *each : pg::ListOf<const plan::Exchange>(fragment->exchanges))
        add_all_nodes(reach, each->producer);
}

void add_reach(Reach &reach, FragmentScan *scan) {
    if (scan->values && !(IsolationUsesXactSnapshot() && is_ready(scan))) return add_all_nodes(reach, scan->fragment);
    pg::with_context(scan->context, [&] {
        if (!scan->run) scan->run = pg::make<Run>(prepare(scan));
    });
    for (const Task &each : scan->run->tasks) add_task(reach, each);
    add_senders(reach, scan->run->exchanges);
}

// The statement's snapshot, when it may be changed: nobody but the statement and the one who is about to run it has it.
Snapshot own_snapshot(const QueryDesc *execution) {
    Snapshot snapshot = execution->snapshot;
    const bool is_own = snapshot == execution->estate->es_snapshot && snapshot->copied && snapshot->regd_count == 2 &&
                        snapshot->active_count <= 1;
    return is_own || IsolationUsesXactSnapshot() ? snapshot : nullptr;
}

void release_with(EState *state, int32 number) {
    struct Release {
        MemoryContextCallback callback;
        int32 number;
    };
    auto *release = static_cast<Release *>(MemoryContextAlloc(state->es_query_cxt, sizeof(Release)));
    release->number = number;
    release->callback.arg = release;
    release->callback.func = [](void *self) { transaction::release_snapshot(static_cast<Release *>(self)->number); };
    MemoryContextRegisterResetCallback(state->es_query_cxt, &release->callback);
}

} // namespace

void start_scans(EState *state) {
    for (FragmentScan *scan = known_scans; scan; scan = scan->next_known) {
        if (scan->base.ss.ps.state != state) continue;
        if (is_ready(scan)) start(scan);
        if (scan->reader) begin_all(scan->reader);
    }
}

void fit_snapshots(QueryDesc *execution, int flags) {
    if ((flags & EXEC_FLAG_EXPLAIN_ONLY) || !known_scans) return;
    EState *state = execution->estate;
    Reach reach{pg::Vector<transaction::Session *>(), 0, false};
    for (FragmentScan *scan = known_scans; scan; scan = scan->next_known)
        if (scan->base.ss.ps.state == state)
            reach.messages += scan->fragment->is_single && !scan->fragment->exchanges ? 1 : 2;
    if (reach.messages == 0) return;
    const bool has_rows_here = worker::uses_rows_here(execution->plannedstmt);
    // The usual statement by key: one message, one snapshot.
    if (reach.messages == 1 && !has_rows_here && !IsolationUsesXactSnapshot()) return;
    reach.messages = 0;
    reach.is_here = has_rows_here;
    for (FragmentScan *scan = known_scans; scan; scan = scan->next_known)
        if (scan->base.ss.ps.state == state) add_reach(reach, scan);
    if (reach.messages + (has_rows_here ? 1 : 0) <= 1 && !IsolationUsesXactSnapshot()) return;
    const int32 number = transaction::take_snapshots(reach.sessions, reach.is_here ? own_snapshot(execution) : nullptr);
    if (number == 0) return;
    for (FragmentScan *scan = known_scans; scan; scan = scan->next_known)
        if (scan->base.ss.ps.state == state) scan->snapshot = number;
    release_with(state, number);
}

bool is_fragment_scan(const Plan *plan) {
    return IsA(plan, CustomScan) && reinterpret_cast<const CustomScan *>(plan)->methods == &kScanMethods;
}

void register_fragment_scan() { RegisterCustomScanMethods(&kScanMethods); }

std::optional<Shown> shown(CustomScanState *node) {
    Assert(node->methods == &kExecMethods);
    FragmentScan *scan = cast(node);
    if (scan->run) return show(scan->fragment, *scan->run);
    for (const ExprState *state : pg::ListOf<const ExprState>(scan->values)) {
        const bool is_unknown = pg::any_node(reinterpret_cast<Node *>(state->expr), [](Node *each) {
            return IsA(each, Param) && reinterpret_cast<Param *>(each)->paramkind == PARAM_EXEC;
        });
        if (is_unknown) return std::nullopt;
    }
    return show(scan->fragment, prepare(scan));
}

const char *shown_template(CustomScanState *node) { return plan::sql_text(cast(node)->fragment->query); }

} // namespace cedro::executor
