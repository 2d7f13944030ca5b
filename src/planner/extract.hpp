// Takes what groups can join by themselves out of FROM and WHERE.
#pragma once
#include "planner/place.hpp"

namespace cedro::planner {

/// Turns each part of the query's FROM that groups compute by themselves into a
/// sub-select that is read as a fragment, with the conditions that concern it
/// alone. What is left stays. The query must be normalised.
void extract_fragments(Run &run, Query *query);

} // namespace cedro::planner
