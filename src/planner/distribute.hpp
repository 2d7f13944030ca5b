// Rewrites a query so that groups compute as much of it as they can, and this
// node's planner the rest.
#pragma once
#include "planner/place.hpp"

namespace cedro::planner {

/// Replaces parts of the query, at all levels, by sub-selects that are read as
/// fragments. The query must be normalised.
void distribute(Run &run, Query *query);

} // namespace cedro::planner
