#include "executor/returned_rows.hpp"

#include "pg/arena.hpp"

namespace cedro::executor {

struct ReturnedRows {
    CustomScanState *scan;
    Tuplestorestate *store;
    TupleTableSlot *stored; // a row as it comes out of the store
};

ReturnedRows *make_returned_rows(CustomScanState *scan) {
    TupleDesc type = scan->ss.ss_ScanTupleSlot->tts_tupleDescriptor;
    return pg::make<ReturnedRows>(scan, tuplestore_begin_heap(false, false, work_mem),
                                  ExecInitExtraTupleSlot(scan->ss.ps.state, type, &TTSOpsMinimalTuple));
}

void put(ReturnedRows *rows, TupleTableSlot *row) { tuplestore_puttupleslot(rows->store, row); }

TupleTableSlot *next_projected(ReturnedRows *rows) {
    if (!tuplestore_gettupleslot(rows->store, true, false, rows->stored)) return nullptr;
    ScanState &scan = rows->scan->ss;
    ResetExprContext(scan.ps.ps_ExprContext);
    TupleTableSlot *row = ExecCopySlot(scan.ss_ScanTupleSlot, rows->stored);
    if (!scan.ps.ps_ProjInfo) return row;
    scan.ps.ps_ExprContext->ecxt_scantuple = row;
    return ExecProject(scan.ps.ps_ProjInfo);
}

void end(ReturnedRows *rows) { tuplestore_end(rows->store); }

} // namespace cedro::executor
