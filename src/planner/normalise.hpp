// A query in the form that analysis reads.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// Takes references to columns of joins apart into those of their tables, at all levels, in place.
void normalise(Query *query);

} // namespace cedro::planner
