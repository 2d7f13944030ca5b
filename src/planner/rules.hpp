// The switches of the planner's rules. Whatever they say, the plan gives the same
// answer: what no rule claims is read by the floor.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

enum class Rule : uint8 {
    Statements,        ///< whole statements go to groups, without PostgreSQL's planner
    Levels,            ///< query levels that groups compute but for order, limit and duplicates
    Grouping,          ///< aggregation where groups of rows are in one shard group
    PartialAggregates, ///< aggregates in parts
    PartialStates,     ///< their transition states
    Joins,             ///< parts of FROM
    Exchanges,         ///< rows move between nodes
    SubSelects,        ///< sub-selects in FROM
    Conditions,        ///< conditions on one table or fragment
    Limits,            ///< how many rows of each group can matter
    Order,             ///< groups sort
    Pruning,           ///< groups are left out
    Together           ///< scans start at the same time
};

/// Called before a statement is planned: with citus.plan_seed, chances start anew.
void begin_choices(const Query *query);

/// Whether the rule may be applied: its setting allows it, and, in a SELECT with
/// citus.plan_seed, chance does, which decides for the whole statement or, where
/// that is possible, for the place at hand.
bool may(Rule rule);

} // namespace cedro::planner
