// Row-level security policies of distributed tables.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// Policies are judged where the shards are. Where that would mean something else, because their sub-queries read rows
/// of other shard groups, a SELECT judges them on this node instead: changes the query in place. Raises 0A000 for other
/// statements, and when policies ask who the user is while a view's owner reads the table.
void place_policies(Query *query);

} // namespace cedro::planner
