// COPY between a client or a buffer and this node's shards.
#pragma once
#include "pg/utility.hpp"
#include "table/table.hpp"

namespace cedro::worker {

/// Stores rows, in COPY's text format, into this node's shard. `columns` (of
/// String) names every column that is neither dropped nor generated, in the
/// order of the data; NIL: attribute order. `role` needs INSERT on them and no policy may apply to it;
/// InvalidOid: the node itself, which needs nothing (what checks and
/// expressions call then runs as the table's owner). Returns the number of rows.
uint64 copy_in(const table::Table &table, int ordinal, List *columns, std::span<const char> data, Oid role);

/// Executes utility statements that are tasks, at the top level of a proved session:
/// `/*cedro1 g={3,7}*/ COPY s.t (…) FROM STDIN` or TO STDOUT here, and DECLARE
/// CURSOR, EXPLAIN and COPY of a query with their query bound. Registered in src/extension/hooks.cpp.
bool handle_utility(const pg::Utility &utility);

} // namespace cedro::worker
