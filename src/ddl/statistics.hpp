// What PostgreSQL's planner knows about distributed tables: statistics of shells, from the rows of their shards.
#pragma once
#include "pg/list.hpp"

namespace cedro::ddl {

/// Computes the statistics of a table's shell (of its columns, or those named) from
/// a sample of the rows in its shards, and stores them on all nodes. A partitioned
/// table gets those of all its partitions together. Shards have been analysed before.
void refresh_statistics(Oid relid, List *columns);

/// Stores how large the table's shards are together, on all nodes: after a VACUUM, which learns nothing else.
void refresh_extent(Oid relid);

/// Pages and rows of a table's shards on this node, of each shard on one node only, as ANALYZE left them.
struct Extent {
    double pages;
    double rows;
};
Extent extent_here(Oid relid);

} // namespace cedro::ddl
