// Rows on their way between a table and its shards.
#pragma once
#include "table/table.hpp"

namespace cedro::convert {

/// Copies all rows that lie in the files of `heap` (the shell itself, or a
/// shard of this node) to the shards of the table; says how far it is where
/// that takes long. Returns the number of rows.
uint64 scatter(Oid heap, const table::Table &target);

/// Empties the files of a shell whose rows are in its shards now.
void empty_shell(Oid relid);

} // namespace cedro::convert
