// Planner statistics of a table, computed by the types' own functions from rows that come from elsewhere.
#pragma once
#include "pg/arena.hpp"

extern "C" {
#include "catalog/pg_statistic.h"
#include "commands/vacuum.h"
}

namespace cedro::pg {

/// The columns of a relation to be analysed.
struct Analysis;

/// For all columns, or those named (String nodes); raises as ANALYZE does for names that are wrong. The relation
/// is locked and stays open. Lives in the current memory context.
Analysis *begin_analysis(Relation relation, List *columns);

/// How many rows the statistics want.
int sample_size(const Analysis *analysis);

/// Computes from a sample, in the order in which the rows are stored, of a table of total_rows rows. Calls take() with
/// the row of pg_statistic (all columns, starelid included) for each column; builds extended statistics.
void compute(Analysis *analysis, std::span<HeapTuple> sample, double total_rows, bool is_inherited,
             FunctionRef<void(const Datum *values, const bool *nulls)> take);

/// Replaces a row of pg_statistic.
void store_statistics(const Datum *values, const bool *nulls);

/// Sets what pg_class says of the extent of a table, and tells the cumulative statistics system of an ANALYZE.
void store_extent(Relation relation, uint32 pages, double rows, bool is_whole);

/// Whether the current role may vacuum or analyse a table.
bool may_vacuum(Oid relid);

/// Whether the current role may do so with all tables of the database.
bool may_vacuum_all();

} // namespace cedro::pg
