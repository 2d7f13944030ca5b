// The ways to bring two parts of a FROM together, and what they cost.
#pragma once
#include "planner/moving.hpp"

namespace cedro::planner {

/// A part of FROM, known by its relations, and where its rows go.
struct Move {
    Relids relids;
    const Target *target;
};

struct Choice {
    pg::Vector<Move> moves; ///< one or two
    double cost;            ///< of these
    double pull;            ///< of reading all parts here instead
};

/// The cheapest way to bring two parts of the level's FROM together; nothing when there are no two
/// that are worth it or that could be. `only_hash`: without sending rows to all nodes.
std::optional<Choice> choose_move(Block &block, Query *query, bool only_hash);

/// The cheapest way to bring what a sub-query of an expression reads to the rows that the expression is of.
/// `block`: the sub-query's level, inside that of the rows.
std::optional<Choice> choose_sub_link_move(Block &block, Query *query, const SubLink *link, const Place &rows,
                                           bool only_hash);

/// Changes the query's FROM. False when it cannot be written so: the query is of no use then.
bool make_moves(Block &block, Query *query, std::span<const Move> moves);

} // namespace cedro::planner
