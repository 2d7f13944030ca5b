#include "executor/row_change_scan.hpp"

#include "executor/fragment_scan.hpp"
#include "executor/returned_rows.hpp"
#include "executor/row_change_batch.hpp"
#include "executor/write_turn.hpp"
#include "pg/explain.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "pg/walk.hpp"
#include "plan/fragment.hpp"

namespace cedro::executor {

namespace {

struct ChangeState {
    CustomScanState scan; // first: PostgreSQL sees only this
    const plan::RowChange *change;
    ReturnedRows *returned;
    bool is_done;
};

// Rows as the child plan gave them, and what became of them, by number.
struct Rows {
    pg::Vector<MinimalTuple> before;
    pg::Vector<MinimalTuple> after;
};

ChangeState *state_of(CustomScanState *node) { return reinterpret_cast<ChangeState *>(node); }

PlanState *child_of(ChangeState *state) { return static_cast<PlanState *>(linitial(state->scan.custom_ps)); }

void begin(CustomScanState *node, EState *estate, int flags) {
    auto *plan = castNode(CustomScan, node->ss.ps.plan);
    node->custom_ps = list_make1(ExecInitNode(static_cast<Plan *>(linitial(plan->custom_plans)), estate, flags));
    if (flags & EXEC_FLAG_EXPLAIN_ONLY) return;
    // In a WITH query it runs to its end, whatever the main query reads of it.
    if (!state_of(node)->change->sets_tag) estate->es_auxmodifytables = lcons(node, estate->es_auxmodifytables);
}

// What changed rows give back: columns of the scan's tuple.
TupleDesc returned_type(const ChangeState *state) {
    TupleDesc all = state->scan.ss.ss_ScanTupleSlot->tts_tupleDescriptor;
    const List *positions = state->change->returned_at;
    TupleDesc type = CreateTemplateTupleDesc(list_length(positions));
    for (int i = 0; i < list_length(positions); i++)
        TupleDescCopyEntry(type, static_cast<AttrNumber>(i + 1), all,
                           static_cast<AttrNumber>(list_nth_int(positions, i)));
    return type;
}

// The row that the child plan gave, with the changed row's columns in their places.
MinimalTuple changed_row(ChangeState *state, TupleTableSlot *source, const Datum *values, const bool *nulls) {
    slot_getallattrs(source);
    TupleTableSlot *tuple = ExecClearTuple(state->scan.ss.ss_ScanTupleSlot);
    const auto columns = static_cast<size_t>(tuple->tts_tupleDescriptor->natts);
    memcpy(tuple->tts_values, source->tts_values, sizeof(Datum) * columns);
    memcpy(tuple->tts_isnull, source->tts_isnull, sizeof(bool) * columns);
    for (int i = 0; i < list_length(state->change->returned_at); i++) {
        const int position = list_nth_int(state->change->returned_at, i) - 1;
        tuple->tts_values[position] = values[i];
        tuple->tts_isnull[position] = nulls[i];
    }
    return ExecCopySlotMinimalTuple(ExecStoreVirtualTuple(tuple));
}

// Copies of a row are found by what is in it: until they are changed nobody else may change them.
void lock_copies(const plan::RowChange &change) {
    const table::Table &table = table::get(change.relid);
    if (table.replication_factor() < 2) return;
    pg::Vector<int> ordinals;
    for (size_t i = 0; i < table.shards.size(); i++) ordinals.push(static_cast<int>(i));
    worker::lock_shards(table, ordinals, worker::ShardLock::Exclusive);
}

void read_rows(ChangeState *state, RowChangeBatch *batch, Rows &rows) {
    PlanState *child = child_of(state);
    for (;;) {
        CHECK_FOR_INTERRUPTS();
        TupleTableSlot *row = ExecProcNode(child);
        if (TupIsNull(row)) break;
        if (add_row(batch, row) && state->change->emits_rows) rows.before.push(ExecCopySlotMinimalTuple(row));
    }
}

// Whether the plan locks rows of several groups.
bool locks_groups(PlanState *node, void *) {
    if (node == nullptr) return false;
    if (IsA(node, CustomScanState) && is_fragment_scan(node->plan)) {
        const auto *scan = reinterpret_cast<const CustomScan *>(node->plan);
        const auto *fragment = static_cast<const plan::Fragment *>(linitial(scan->custom_private));
        return fragment->locks_rows && !fragment->is_single;
    }
    return planstate_tree_walker(node, pg::as_state_walker(locks_groups), nullptr);
}

void change_all(ChangeState *state) {
    EState *estate = state->scan.ss.ps.state;
    lock_copies(*state->change);
    start_scans(estate);
    pg::with_context(estate->es_query_cxt, [&] {
        TupleDesc type = ExecGetResultType(child_of(state));
        const bool emits_rows = state->change->emits_rows;
        state->returned = make_returned_rows(&state->scan);
        RowChangeBatch *batch =
            make_row_change_batch(*state->change, type, emits_rows ? returned_type(state) : nullptr);
        Rows rows;
        read_rows(state, batch, rows);
        for (size_t i = 0; i < rows.before.size(); i++) rows.after.push(nullptr);
        TupleTableSlot *source = ExecInitExtraTupleSlot(estate, type, &TTSOpsMinimalTuple);
        const uint64 processed = flush(batch, [&](uint64 number, const Datum *values, const bool *nulls) {
            ExecStoreMinimalTuple(rows.before[number], source, false);
            rows.after[number] =
                pg::with_context(estate->es_query_cxt, [&] { return changed_row(state, source, values, nulls); });
        });
        if (state->change->sets_tag) estate->es_processed += processed;
        for (MinimalTuple row : rows.after) {
            if (!row) continue;
            ExecStoreMinimalTuple(row, source, false);
            put(state->returned, source);
        }
    });
}

TupleTableSlot *execute(CustomScanState *node) {
    ChangeState *state = state_of(node);
    if (!state->is_done && locks_groups(child_of(state), nullptr))
        in_turn(state->change->relid, [&] { change_all(state); });
    else if (!state->is_done)
        change_all(state);
    state->is_done = true;
    return state->change->emits_rows ? next_projected(state->returned) : nullptr;
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
