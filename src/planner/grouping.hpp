// Aggregation in the groups, and what is left of it above.
#pragma once
#include "planner/columns.hpp"

namespace cedro::planner {

/// Turns a grouped query, whose FROM and WHERE groups compute at `place`, into a
/// query over a fragment that aggregates: completely when rows that belong
/// together are in one group (`is_complete`), else in parts. False, and nothing
/// changed, when some aggregate has no parts or an expression cannot be sent.
bool enclose_grouping(Block &block, Query *query, const Place &place, bool is_complete);

} // namespace cedro::planner
