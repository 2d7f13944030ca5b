// Joins of tables that do not lie together: which rows move, and where to.
#pragma once
#include "planner/analysis.hpp"

namespace cedro::planner {

/// What was found for a level and those inside it, in microseconds (estimate.hpp).
struct Costs {
    double pull = 0;        ///< of reading the parts here
    double exchange = 0;    ///< of what was chosen
    bool failed = false;    ///< the query was damaged: it is of no use
    bool only_hash = false; ///< nothing is sent to all nodes, so that more columns stay keys
};

/// Puts exchanges into the FROM of a query and of its sub-queries, so that
/// shard groups may compute it by themselves. Whether they can is for the caller to see.
/// True when something was changed.
bool put_exchanges(Run &run, Query *query, Block *outer, Costs &costs);

} // namespace cedro::planner
