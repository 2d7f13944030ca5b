// How many rows a query gives, and what it costs to bring rows somewhere.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

struct Estimate {
    double rows;
    int width; ///< bytes of a row
};

/// What PostgreSQL expects of a query over shells, by their statistics.
Estimate estimate(const Query *query);

/// While PostgreSQL plans for estimate(): our own paths have no say.
bool is_estimating();

// Times in microseconds, of nodes that work at the same time.

/// All rows come to this node.
double cost_of_pull(const Estimate &rows);

/// Each row goes to the node of its group.
double cost_of_hash(const Estimate &rows, size_t nodes);

/// Every row goes to all nodes, where each of the groups reads all of them.
double cost_of_broadcast(const Estimate &rows, size_t nodes, size_t groups);

} // namespace cedro::planner
