// Rows of the cluster's catalogs as commands for another node.
#pragma once
#include "cluster/node.hpp"
#include "table/table.hpp"

namespace cedro::sync {

/// The local group of the node and all rows of pg_dist_node, in place of what the node has.
void add_node_rows(pg::Vector<const char *> &commands, int32 group);

/// pg_dist_colocation.
void add_colocation_rows(pg::Vector<const char *> &commands);

/// pg_dist_partition, pg_dist_shard, pg_dist_placement and the options of one table, whose shell is there.
void add_table_rows(pg::Vector<const char *> &commands, Oid relid);

/// pg_dist_schema and global keys, once all shells are there.
void add_late_rows(pg::Vector<const char *> &commands);

/// The metadata version of this node.
void add_version(pg::Vector<const char *> &commands);

/// The commands INSERT INTO pg_dist_node … for one row, as it is here.
const char *node_row(int32 id);

} // namespace cedro::sync
