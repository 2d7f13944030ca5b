// How large distributed tables are, for the estimates of PostgreSQL's planner.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// Replaces the size of a shell's own, empty, storage by that of its shards, as the last ANALYZE of the table
/// found it. A table that was never analysed keeps PostgreSQL's assumption. Called from get_relation_info_hook.
void set_extent(PlannerInfo *root, Oid relid, bool is_parent, RelOptInfo *relation);

} // namespace cedro::planner
