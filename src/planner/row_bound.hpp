// How many rows a query can return.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// True when the query, run in one shard group, returns plan::kFewRows rows at most.
bool returns_few_rows(const Query *query);

} // namespace cedro::planner
