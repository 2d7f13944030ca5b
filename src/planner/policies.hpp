// Row-level security policies of distributed tables.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// Raises when the query reads a table whose policies would mean something else
/// where its shards are: their sub-queries read rows of other shard groups, or
/// they ask who the user is while a view's owner reads the table.
void check_policies(Query *query);

} // namespace cedro::planner
