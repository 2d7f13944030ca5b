// All rows of one placement of a shard on their way to another relation: the
// placement on another node, or the table's own files on this one. Rows pass as
// lines of COPY's text format, under settings that lose nothing.
#pragma once
#include "pg/arena.hpp"
#include "table/table.hpp"

namespace cedro::copy {

/// Copies the rows that a shard has on group `from` into its empty relation on
/// group `to`. One of them may be this node's. Returns the number of rows.
uint64 copy_placement(const table::Table &table, int64 shard, int32 from, int32 to);

/// Appends the rows that a shard has on group `from` to the files of the shell
/// on this node. No trigger fires. Returns the number of rows.
uint64 bring_home(const table::Table &table, int64 shard, int32 from);

} // namespace cedro::copy
