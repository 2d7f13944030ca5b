// Parts of a level's FROM that become sub-selects of their own: fragments, or
// exchanges whose rows go to other nodes.
#pragma once
#include "planner/analysis.hpp"

namespace cedro::planner {

/// Where the rows of a part go.
struct Target {
    const Var *key; ///< column of the level whose hash names the group; nullptr: all rows go to every node
    Oid layout;     ///< table whose groups they are, with a key
    double rows;    ///< estimated
    int width;
    const char *reason; ///< for EXPLAIN
};

struct Part {
    Place place;
    List *nodes; ///< of the join tree, as they stood in the query
    List *conjuncts;
    Relids relids;          ///< without joins
    RangeTblRef *reference; ///< takes its place in FROM; its index is known at the end
    List *outputs;          ///< Vars of the query, in order of the sub-select's columns
    const Target *target;   ///< of an exchange; nullptr for a fragment
};

struct Moving {
    Block &block;
    Query *query;
    Relids unmovable; ///< relations of which a record is wanted
    pg::Vector<Part> parts;
};

/// Begins to change the level's FROM.
Moving start_moving(Block &block, Query *query);

/// Whether the unit could stand in a sub-select, or on other nodes.
bool is_movable(const Moving &moving, const Unit &unit);

/// Whether the entry reads CTEs, whose places its sub-select would leave.
bool reads_ctes_of(const Query *query, int index);

/// Whether the expression has columns of queries around its own.
bool reads_outer_levels(const Node *expression);

/// Takes the conditions on the unit alone that groups can check off the list; the unit's place has what they read.
List *take_own(Moving &moving, Unit &unit, List **conjuncts);

/// Moves the unit, with those of the conjuncts that are about it alone (they are taken off the list). Returns what
/// takes its place in FROM.
Node *move(Moving &moving, Unit &unit, List **conjuncts, const Target *target);

/// The query of a part, once all conjuncts are known: what its groups compute. With the columns that are known so far.
Query *sub_select_of(const Query *query, const Part &part);

/// Puts the sub-selects into the query and lets everything refer to their columns.
void finish_moving(Moving &moving);

} // namespace cedro::planner
