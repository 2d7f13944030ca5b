// Entries of the range table for joins.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// Makes the entries of all joins of the level anew, after what they join has
/// changed, so that the query can be deparsed: each join is printed as JOIN … ON.
/// No column may be referred to as a join's.
void renew_join_entries(Query *query);

/// Entries joined by INNER JOIN, with the conditions (as a list) on the last join.
Node *inner_join(List *items, List *conditions);

} // namespace cedro::planner
