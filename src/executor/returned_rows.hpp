// Rows that a write returned, kept until the statement above asks for them.
#pragma once
#include "pg/executor.hpp"

namespace cedro::executor {

/// On disk when they are many.
struct ReturnedRows;

/// For the scan whose scan tuple the rows are.
ReturnedRows *make_returned_rows(CustomScanState *scan);

void put(ReturnedRows *rows, TupleTableSlot *row);

/// The next row that fulfils the scan's condition, projected to its target list; nullptr at the end.
TupleTableSlot *next_projected(ReturnedRows *rows);

/// Not needed after an error.
void end(ReturnedRows *rows);

} // namespace cedro::executor
