#include "executor/row_change_scan.hpp"

#include "executor/fragment_scan.hpp"
#include "executor/returned_rows.hpp"
#include "executor/row_change_batch.hpp"
#include "executor/view_check.hpp"
#include "pg/explain.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"

namespace cedro::executor {

namespace {

struct ChangeState {
    CustomScanState scan; // first: PostgreSQL sees only this
    const plan::RowChange *change;
    List *checks; // ExprStates of change->checks
    ReturnedRows *returned;
    bool is_done;
};

ChangeState *state_of(CustomScanState *node) { return reinterpret_cast<ChangeState *>(node); }

PlanState *child_of(ChangeState *state) { return static_cast<PlanState *>(linitial(state->scan.custom_ps)); }

void begin(CustomScanState *node, EState *estate, int flags) {
    auto *plan = castNode(CustomScan, node->ss.ps.plan);
    node->custom_ps = list_make1(ExecInitNode(static_cast<Plan *>(linitial(plan->custom_plans)), estate, flags));
    state_of(node)->checks = make_checks(state_of(node)->change->checks, &node->ss.ps);
}

// The returned columns alone: the scan's tuple without what other tables add.
TupleDesc returned_type(const ChangeState *state) {
    TupleDesc all = state->scan.ss.ss_ScanTupleSlot->tts_tupleDescriptor;
    const int count = list_length(state->change->returned);
    TupleDesc type = CreateTemplateTupleDesc(count);
    for (int i = 1; i <= count; i++)
        TupleDescCopyEntry(type, static_cast<AttrNumber>(i), all, static_cast<AttrNumber>(i));
    return type;
}

// A changed row and what goes with it from the row that the child plan gave.
void keep_returned(ChangeState *state, const Datum *values, const bool *nulls, TupleTableSlot *source) {
    TupleTableSlot *tuple = ExecClearTuple(state->scan.ss.ss_ScanTupleSlot);
    const int returned = list_length(state->change->returned);
    for (int i = 0; i < returned; i++) {
        tuple->tts_values[i] = values[i];
        tuple->tts_isnull[i] = nulls[i];
    }
    for (int i = 0; i < list_length(state->change->carried); i++)
        tuple->tts_values[returned + i] =
            slot_getattr(source, list_nth_int(state->change->carried, i), &tuple->tts_isnull[returned + i]);
    ExecStoreVirtualTuple(tuple);
    if (state->checks) {
        ExprContext *context = state->scan.ss.ps.ps_ExprContext;
        ResetExprContext(context);
        context->ecxt_scantuple = tuple;
        check_view_options(state->change->checks, state->checks, context);
    }
    if (state->change->returns_rows) put(state->returned, tuple);
}

void change_all(ChangeState *state) {
    EState *estate = state->scan.ss.ps.state;
    start_scans(estate);
    pg::with_context(estate->es_query_cxt, [&] {
        PlanState *child = child_of(state);
        TupleDesc type = ExecGetResultType(child);
        const bool wants_rows = state->change->returns_rows || state->checks;
        state->returned = make_returned_rows(&state->scan);
        RowChangeBatch *batch =
            make_row_change_batch(*state->change, type, wants_rows ? returned_type(state) : nullptr);
        pg::Vector<MinimalTuple> sources; // by number
        for (;;) {
            TupleTableSlot *row = ExecProcNode(child);
            if (TupIsNull(row)) break;
            if (add_row(batch, row) && state->change->carried) sources.push(ExecCopySlotMinimalTuple(row));
        }
        TupleTableSlot *source = ExecInitExtraTupleSlot(estate, type, &TTSOpsMinimalTuple);
        estate->es_processed += flush(batch, [&](uint64 number, const Datum *values, const bool *nulls) {
            if (state->change->carried) ExecStoreMinimalTuple(sources[number], source, false);
            keep_returned(state, values, nulls, source);
        });
    });
}

TupleTableSlot *execute(CustomScanState *node) {
    ChangeState *state = state_of(node);
    if (!state->is_done) change_all(state);
    state->is_done = true;
    return state->change->returns_rows ? next_projected(state->returned) : nullptr;
}

void end(CustomScanState *node) {
    if (state_of(node)->returned) end(state_of(node)->returned);
    ExecEndNode(child_of(state_of(node)));
}

void rescan(CustomScanState *) {
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a distributed write cannot be executed twice")));
}

void explain(CustomScanState *node, List *, ExplainState *output) {
    ExplainPropertyText("Target", pg::qualified_name(state_of(node)->change->relid), output);
}

constexpr CustomExecMethods kMethods = {
    .CustomName = plan::kRowChangeScan,
    .BeginCustomScan = begin,
    .ExecCustomScan = execute,
    .EndCustomScan = end,
    .ReScanCustomScan = rescan,
    .ExplainCustomScan = explain,
};

Node *create_state(CustomScan *scan) {
    auto *state = static_cast<ChangeState *>(palloc0(sizeof(ChangeState)));
    NodeSetTag(state, T_CustomScanState);
    state->scan.methods = &kMethods;
    state->change = static_cast<const plan::RowChange *>(linitial(scan->custom_private));
    return reinterpret_cast<Node *>(state);
}

constexpr CustomScanMethods kScanMethods = {plan::kRowChangeScan, create_state};

} // namespace

void register_row_change_scan() { RegisterCustomScanMethods(&kScanMethods); }

} // namespace cedro::executor
