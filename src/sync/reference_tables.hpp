// Copies of reference tables on nodes that come and go.
#pragma once
#include "pg/arena.hpp"
#include "table/table.hpp"

namespace cedro::sync {

/// Copies all reference tables to a node that has just become active, unless
/// citus.replicate_reference_tables_on_activate is off.
void replicate_to_new_node(int32 id);

/// Forgets the copies of reference tables on a group, on all nodes; the last copy stays.
void drop_reference_placements(int32 group);

/// A shard whose only placement is on the group, or 0.
int64 sole_placement(int32 group);

} // namespace cedro::sync
