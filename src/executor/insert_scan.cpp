#include "executor/insert_scan.hpp"

#include "copy/row_sink.hpp"
#include "executor/constants.hpp"
#include "executor/fragment_scan.hpp"
#include "executor/insert_batch.hpp"
#include "executor/returned_rows.hpp"
#include "executor/view_check.hpp"
#include "pg/explain.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"

namespace cedro::executor {

namespace {

// From this many rows on, COPY is faster than VALUES.
constexpr uint64 kManyRows = 200;

struct InsertState {
    CustomScanState scan; // first: PostgreSQL sees only this
    const plan::Insert *insert;
    List *checks;           // ExprStates of insert->checks
    List *values_left_open; // ExprStates of the scan's custom_exprs
    ReturnedRows *returned;
    TupleTableSlot *row; // a returned row on its way into `returned`
    Datum *values;       // a row of the shell
    bool *nulls;
    bool is_done;
};

InsertState *state_of(CustomScanState *node) { return reinterpret_cast<InsertState *>(node); }

void begin(CustomScanState *node, EState *estate, int flags) {
    InsertState *state = state_of(node);
    auto *plan = castNode(CustomScan, node->ss.ps.plan);
    node->custom_ps = list_make1(ExecInitNode(static_cast<Plan *>(linitial(plan->custom_plans)), estate, flags));
    if (flags & EXEC_FLAG_EXPLAIN_ONLY) return;
    state->checks = make_checks(state->insert->checks, &node->ss.ps);
    state->values_left_open = ExecInitExprList(plan->custom_exprs, &node->ss.ps);
    const auto columns = static_cast<size_t>(list_length(state->insert->source));
    state->values = static_cast<Datum *>(palloc(sizeof(Datum) * columns));
    state->nulls = static_cast<bool *>(palloc(sizeof(bool) * columns));
    // In a WITH query it runs to its end, whatever the main query reads of it.
    if (!state->insert->sets_tag) estate->es_auxmodifytables = lcons(node, estate->es_auxmodifytables);
}

// Whether the row fulfils the CHECK OPTIONs of the views it was inserted through.
void check_row(InsertState *state) {
    if (!state->checks) return;
    ScanState &scan = state->scan.ss;
    ResetExprContext(scan.ps.ps_ExprContext);
    scan.ps.ps_ExprContext->ecxt_scantuple = ExecCopySlot(scan.ss_ScanTupleSlot, state->row);
    check_view_options(state->insert->checks, state->checks, scan.ps.ps_ExprContext);
}

uint64 write_batch(InsertState *state, InsertBatch *batch) {
    return flush(batch, [&](MinimalTuple tuple) {
        ExecStoreMinimalTuple(tuple, state->row, false);
        check_row(state);
        if (state->insert->returns_rows) put(state->returned, state->row);
    });
}

// The row of the shell's type in a row of the child plan, into values and nulls.
void read_columns(InsertState *state, TupleTableSlot *source) {
    slot_getallattrs(source);
    for (int i = 0; i < list_length(state->insert->source); i++) {
        const int position = list_nth_int(state->insert->source, i) - 1;
        state->values[i] = source->tts_values[position];
        state->nulls[i] = source->tts_isnull[position];
    }
}

// Where rows go: into statements, and from some number on into COPY.
struct Target {
    InsertState *state;
    InsertBatch *batch;
    bool may_copy;
    copy::RowSink *sink;
    uint64 processed;
};

void write_row(Target &target, TupleTableSlot *source) {
    InsertState *state = target.state;
    read_columns(state, source);
    if (target.sink) return copy::put(target.sink, state->values, state->nulls);
    add_row(target.batch, state->values, state->nulls);
    const bool is_many = target.may_copy && pending_rows(target.batch) >= kManyRows;
    if (!is_many && !is_full(target.batch)) return;
    target.processed += write_batch(state, target.batch);
    if (is_many) target.sink = copy::open(table::get(state->insert->relid), writing_role(target.batch));
}

// Calls take(row) for each row of the child plan. When the plan reads the table
// itself, all rows are there before the first one is written.
void for_each_row(InsertState *state, pg::FunctionRef<void(TupleTableSlot *)> take) {
    auto *child = static_cast<PlanState *>(linitial(state->scan.custom_ps));
    auto next = [&] {
        TupleTableSlot *row = ExecProcNode(child);
        return TupIsNull(row) ? nullptr : row;
    };
    if (!state->insert->reads_target) {
        while (TupleTableSlot *row = next()) take(row);
        return;
    }
    Tuplestorestate *store = tuplestore_begin_heap(false, false, work_mem);
    while (TupleTableSlot *row = next()) tuplestore_puttupleslot(store, row);
    TupleTableSlot *stored = MakeSingleTupleTableSlot(ExecGetResultType(child), &TTSOpsMinimalTuple);
    while (tuplestore_gettupleslot(store, true, false, stored)) take(stored);
    ExecDropSingleTupleTableSlot(stored);
    tuplestore_end(store);
}

void insert_all(InsertState *state) {
    EState *estate = state->scan.ss.ps.state;
    start_scans(estate);
    pg::with_context(estate->es_query_cxt, [&] {
        const bool wants_rows = state->insert->returns_rows || state->checks;
        TupleDesc type = state->scan.ss.ss_ScanTupleSlot->tts_tupleDescriptor;
        state->returned = make_returned_rows(&state->scan);
        state->row = ExecInitExtraTupleSlot(estate, type, &TTSOpsMinimalTuple);
        List *values = constants_of(state->values_left_open, state->scan.ss.ps.ps_ExprContext);
        InsertBatch *batch = make_insert_batch(*state->insert, values, wants_rows ? type : nullptr);
        Target target{state, batch, can_use_copy(batch), nullptr, 0};
        for_each_row(state, [&](TupleTableSlot *row) { write_row(target, row); });
        target.processed += write_batch(state, batch);
        if (target.sink) target.processed += copy::close(target.sink);
        if (state->insert->sets_tag) estate->es_processed += target.processed;
    });
}

TupleTableSlot *execute(CustomScanState *node) {
    InsertState *state = state_of(node);
    if (!state->is_done) insert_all(state);
    state->is_done = true;
    return state->insert->returns_rows ? next_projected(state->returned) : nullptr;
}

void end(CustomScanState *node) {
    if (state_of(node)->returned) end(state_of(node)->returned);
    ExecEndNode(static_cast<PlanState *>(linitial(node->custom_ps)));
}

void rescan(CustomScanState *) {
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a distributed INSERT cannot be executed twice")));
}

void explain(CustomScanState *node, List *, ExplainState *output) {
    ExplainPropertyText("Insert Into", pg::qualified_name(state_of(node)->insert->relid), output);
}

constexpr CustomExecMethods kMethods = {
    .CustomName = plan::kInsertScan,
    .BeginCustomScan = begin,
    .ExecCustomScan = execute,
    .EndCustomScan = end,
    .ReScanCustomScan = rescan,
    .ExplainCustomScan = explain,
};

Node *create_state(CustomScan *scan) {
    auto *state = static_cast<InsertState *>(palloc0(sizeof(InsertState)));
    NodeSetTag(state, T_CustomScanState);
    state->scan.methods = &kMethods;
    state->insert = static_cast<const plan::Insert *>(linitial(scan->custom_private));
    return reinterpret_cast<Node *>(state);
}

constexpr CustomScanMethods kScanMethods = {plan::kInsertScan, create_state};

} // namespace

void register_insert_scan() { RegisterCustomScanMethods(&kScanMethods); }

} // namespace cedro::executor
