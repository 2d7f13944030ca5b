// Finds out where the rows of a query and of its parts are.
#pragma once
#include "planner/columns.hpp"

namespace cedro::planner {

/// Analyses a query of any depth. `outer`: the level around it, whose `rows` are set.
Verdict analyse(Run &run, const Query *query, Block *outer);

/// Where the rows are that the level's steps work on: those of FROM and WHERE
/// (with keys among the level's columns), or of a set operation (among its
/// output columns). CTEs of the level included.
std::optional<Place> source_of(Block &block);

/// Keys of the level's columns as keys among its output columns.
Locus output_locus(Block &block, const Place &place);

/// A part of a FROM list that groups compute each by itself, or one item that they cannot.
struct Unit {
    bool is_pushable;
    Place place;
    List *nodes;   ///< of the join tree: RangeTblRef, outer JoinExpr
    Relids relids; ///< without those of joins
};

/// FROM items joined by conditions that all hold: an inner join, taken apart.
struct JoinList {
    pg::Vector<Unit> units;
    List *conjuncts; ///< as written
    List *context;   ///< what holds for the joined rows, as analysis reads it
};

/// Analyses a node of the join tree of block.query. `context`: conditions that
/// rows fulfil which matter above, as analysis reads them.
JoinList analyse_join(Block &block, Node *node, List *context);

/// The one place of a join list; nothing when it is not computed as a whole by
/// each group, its conditions included.
std::optional<Place> whole_of(Block &block, const JoinList &list);

/// An outer join with RIGHT turned round, and with what is known to hold above taken into account.
struct OuterJoin {
    JoinKind kind;
    Node *left;
    Node *right;
    List *left_context;
    List *right_context;
};
OuterJoin read_outer_join(const JoinExpr *join, List *context);

/// The place of one entry of FROM, narrowed by the context.
std::optional<Place> place_of_entry(Block &block, int index, List *context);

/// Whether groups can evaluate an expression for their rows: functions and
/// sub-queries. What sub-queries read is added to `rows`. `is_filter`: rows for
/// which it is not true are dropped.
bool accept_expression(Block &block, Place &rows, const Node *expression, bool is_filter);

/// The verdict on a CTE of the level. One that is read often is analysed once.
Verdict verdict_of_cte(Block &owner, const CommonTableExpr *cte);

/// True when the expression refers to a query level outside of the fragment.
bool reads_outside(const Block &block, const Node *expression);

/// The rows that a recursive CTE under analysis reads of itself.
std::optional<Place> recursion_place(const Run &run, const CommonTableExpr *cte);

/// What of the level's FROM is the left side of a LATERAL entry.
Relids lateral_references(const Query *query, int index);

} // namespace cedro::planner
