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
    ScanState &scan = rows->scan->ss;
    ExprContext *context = scan.ps.ps_ExprContext;
    while (tuplestore_gettupleslot(rows->store, true, false, rows->stored)) {
        ResetExprContext(context);
        context->ecxt_scantuple = ExecCopySlot(scan.ss_ScanTupleSlot, rows->stored);
        if (scan.ps.qual && !ExecQual(scan.ps.qual, context)) continue;
        return scan.ps.ps_ProjInfo ? ExecProject(scan.ps.ps_ProjInfo) : context->ecxt_scantuple;
    }
    return nullptr;
}

void end(ReturnedRows *rows) { tuplestore_end(rows->store); }

} // namespace cedro::executor
