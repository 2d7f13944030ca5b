#include "worker/exchange/bind.hpp"

#include "pg/executor.hpp"
#include "pg/list.hpp"
#include "plan/exchange.hpp"
#include "worker/exchange/row_format.hpp"
#include "worker/exchange/spool.hpp"

namespace cedro::worker {

namespace {

// Rows of an exchange whose number is not known.
constexpr double kUnknownRows = 1000;

constexpr char kScanName[] = "Citus Exchange";

// What a bound entry carries on a field that functions do not use: no text of a user can.
struct Bound {
    int64 exchange;
    int32 ordinal;
};

Node *number(Oid type, Datum value) {
    return reinterpret_cast<Node *>(makeConst(type, -1, InvalidOid, type == INT8OID ? sizeof(int64) : sizeof(int32),
                                              value, false, type != INT8OID || FLOAT8PASSBYVAL));
}

List *list_of(const Bound &bound) {
    return list_make2(number(INT8OID, Int64GetDatum(bound.exchange)), number(INT4OID, Int32GetDatum(bound.ordinal)));
}

Bound bound_of(const List *list) {
    return {DatumGetInt64(castNode(Const, linitial(list))->constvalue),
            DatumGetInt32(castNode(Const, lsecond(list))->constvalue)};
}

int32 ordinal_in(int32 colocation, plan::GroupSet groups) {
    if (colocation == 0) return kAllGroups;
    for (const plan::Group &group : groups)
        if (group.colocation == colocation) return group.ordinal;
    ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("a task names no shard group for an exchange")));
}

struct ExchangeScan {
    CustomScanState base; // first: PostgreSQL sees this
    Bound bound;
    RowFormat *format;
    SpoolReader *reader;
};

ExchangeScan *cast(CustomScanState *node) { return reinterpret_cast<ExchangeScan *>(node); }

void begin(CustomScanState *node, EState *, int flags) {
    ExchangeScan *scan = cast(node);
    scan->bound = bound_of(reinterpret_cast<const CustomScan *>(node->ss.ps.plan)->custom_private);
    if (flags & EXEC_FLAG_EXPLAIN_ONLY) return;
    scan->format = make_row_format(node->ss.ss_ScanTupleSlot->tts_tupleDescriptor);
    scan->reader = open_spool(scan->bound.exchange, scan->bound.ordinal);
}

TupleTableSlot *fetch(ScanState *node) {
    ExchangeScan *scan = reinterpret_cast<ExchangeScan *>(node);
    MinimalTuple tuple = next_packed(scan->reader);
    if (!tuple) return ExecClearTuple(node->ss_ScanTupleSlot);
    MemoryContext old = MemoryContextSwitchTo(node->ps.ps_ExprContext->ecxt_per_tuple_memory);
    unpack(scan->format, tuple, node->ss_ScanTupleSlot);
    MemoryContextSwitchTo(old);
    return node->ss_ScanTupleSlot;
}

bool recheck(ScanState *, TupleTableSlot *) { return true; }

TupleTableSlot *execute(CustomScanState *node) { return ExecScan(&node->ss, fetch, recheck); }

void end(CustomScanState *node) {
    ExchangeScan *scan = cast(node);
    if (scan->reader) close_spool(scan->reader);
    scan->reader = nullptr;
}

void rescan(CustomScanState *node) {
    rewind_spool(cast(node)->reader);
    ExecScanReScan(&node->ss);
}

constexpr CustomExecMethods kExecMethods = {
    .CustomName = kScanName,
    .BeginCustomScan = begin,
    .ExecCustomScan = execute,
    .EndCustomScan = end,
    .ReScanCustomScan = rescan,
};

Node *create_state(CustomScan *) {
    auto *scan = reinterpret_cast<ExchangeScan *>(newNode(sizeof(ExchangeScan), T_CustomScanState));
    scan->base.methods = &kExecMethods;
    return reinterpret_cast<Node *>(scan);
}

constexpr CustomScanMethods kScanMethods = {kScanName, create_state};

// All columns of the exchange, in order.
List *columns_of(Index index, const RangeTblFunction *function) {
    List *targets = NIL;
    for (int i = 0; i < function->funccolcount; i++) {
        const auto position = static_cast<AttrNumber>(i + 1);
        Var *column =
            makeVar(static_cast<int>(index), position, list_nth_oid(function->funccoltypes, i),
                    list_nth_int(function->funccoltypmods, i), list_nth_oid(function->funccolcollations, i), 0);
        targets = lappend(targets, makeTargetEntry(reinterpret_cast<Expr *>(column), position, nullptr, false));
    }
    return targets;
}

Plan *plan_scan(PlannerInfo *root, RelOptInfo *rel, CustomPath *path, List *target, List *clauses, List *) {
    const RangeTblEntry *entry = planner_rt_fetch(rel->relid, root);
    auto *scan = makeNode(CustomScan);
    scan->scan.plan.targetlist = target;
    scan->scan.plan.qual = extract_actual_clauses(clauses, false);
    scan->flags = CUSTOMPATH_SUPPORT_PROJECTION;
    scan->custom_scan_tlist = columns_of(rel->relid, linitial_node(RangeTblFunction, entry->functions));
    scan->custom_private = path->custom_private;
    scan->methods = &kScanMethods;
    return &scan->scan.plan;
}

constexpr CustomPathMethods kPathMethods = {kScanName, plan_scan, nullptr};

void set_rows(PlannerInfo *root, RelOptInfo *rel, double rows) {
    rel->tuples = clamp_row_est(rows);
    rel->rows =
        clamp_row_est(rel->tuples * clauselist_selectivity(root, rel->baserestrictinfo, 0, JOIN_INNER, nullptr));
}

} // namespace

void bind_exchange(RangeTblEntry *entry, plan::GroupSet groups) {
    if (const auto call = plan::exchange_call_of(entry))
        entry->values_lists = list_of({call->id, ordinal_in(call->colocation, groups)});
}

bool set_exchange_path(PlannerInfo *root, RelOptInfo *rel, RangeTblEntry *entry) {
    if (entry->rtekind != RTE_FUNCTION || entry->values_lists == NIL || rel->reloptkind != RELOPT_BASEREL) return false;
    if (const plan::Exchange *exchange = plan::exchange_of(entry)) {
        set_rows(root, rel, exchange->rows);
        return true;
    }
    const Bound bound = bound_of(entry->values_lists);
    const std::optional<int64> rows = row_count(bound.exchange, bound.ordinal);
    set_rows(root, rel, rows ? static_cast<double>(*rows) : kUnknownRows);
    auto *path = makeNode(CustomPath);
    path->path.pathtype = T_CustomScan;
    path->path.parent = rel;
    path->path.pathtarget = rel->reltarget;
    path->path.param_info = get_baserel_parampathinfo(root, rel, rel->lateral_relids);
    path->path.rows = rel->rows;
    path->path.total_cost = rel->tuples * (cpu_tuple_cost + rel->baserestrictcost.per_tuple);
    path->flags = CUSTOMPATH_SUPPORT_PROJECTION;
    path->custom_private = entry->values_lists;
    path->methods = &kPathMethods;
    rel->pathlist = NIL;
    rel->partial_pathlist = NIL;
    rel->consider_parallel = false;
    add_path(rel, &path->path);
    return true;
}

void register_exchange_scan() { RegisterCustomScanMethods(&kScanMethods); }

} // namespace cedro::worker
