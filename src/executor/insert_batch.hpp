// Rows on their way into a table, as INSERT statements: one for each shard group.
#pragma once
#include "executor/write_tasks.hpp"
#include "plan/insert.hpp"
#include "plan/value_text.hpp"

namespace cedro::executor {

/// Collects rows and writes them with INSERT … VALUES … [ON CONFLICT …] [RETURNING …].
struct InsertBatch;

/// `values`: the constants for the Params of insert.conflict. `returning`: the
/// row that insert.returned describes, or nullptr when nothing is returned.
InsertBatch *make_insert_batch(const plan::Insert &insert, List *values, TupleDesc returning);

/// Adds a row of the shell's row type.
void add_row(InsertBatch *batch, const Datum *values, const bool *nulls);

/// Rows added since the last flush, and whether they should be written now.
uint64 pending_rows(const InsertBatch *batch);
bool is_full(const InsertBatch *batch);

/// Writes the rows; returns how many were inserted or updated. Hands over the
/// returned rows in the order in which the rows were added.
uint64 flush(InsertBatch *batch, pg::FunctionRef<void(MinimalTuple)> take);

/// Whether plain rows may go by COPY instead: no clause, no policies, and the right to write all columns.
bool can_use_copy(const InsertBatch *batch);

/// In whose name the nodes write.
Oid writing_role(const InsertBatch *batch);

} // namespace cedro::executor
