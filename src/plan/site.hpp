// Which nodes hold shards.
#pragma once
#include "plan/message.hpp"
#include "table/table.hpp"

namespace cedro::plan {

/// The table's shard among the groups of a task: 0 for tables with one shard.
int ordinal_in(const table::Table &table, GroupSet groups);

/// Ids of the active primaries that hold an active placement of that shard of every table, by group id.
pg::Vector<int32> nodes_with(std::span<const Oid> tables, GroupSet groups);

} // namespace cedro::plan
