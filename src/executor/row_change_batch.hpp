// Rows to change, each named by its identity, as UPDATE or DELETE statements: one for each shard group.
#pragma once
#include "executor/write_tasks.hpp"
#include "plan/row_change.hpp"

namespace cedro::executor {

/// Collects the rows of a child plan (plan::RowChange says what is in them).
struct RowChangeBatch;

/// `source`: the type of the child plan's rows. `returned`: the type of what the
/// changed rows give back (change.returned), or nullptr.
RowChangeBatch *make_row_change_batch(const plan::RowChange &change, TupleDesc source, TupleDesc returned);

/// Adds a row, unless one with the same identity was added before: as in
/// PostgreSQL the first match of a row counts, and MERGE raises 21000. Rows are numbered from 0.
bool add_row(RowChangeBatch *batch, TupleTableSlot *row);

/// Takes what a changed row gives back: its number and the columns of change.returned.
using ChangedRowTaker = pg::FunctionRef<void(uint64 number, const Datum *values, const bool *nulls)>;

/// Changes the rows and returns their number; gives back rows in no order.
uint64 flush(RowChangeBatch *batch, ChangedRowTaker take);

} // namespace cedro::executor
