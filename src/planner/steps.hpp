// What a query level does with the rows of its FROM and WHERE.
#pragma once
#include "planner/analysis.hpp"

namespace cedro::planner {

/// The steps of a query in their order. A step that groups cannot do each by
/// itself is where a fragment ends.
enum class Step : uint8 { Group, Window, Distinct, Limit, None };

/// The first step that needs rows of several groups; Step::None when there is
/// none. `place`: the rows of FROM and WHERE; its keys become those that are left.
Step first_global_step(Block &block, Place &place);

/// Whether groups can evaluate all expressions of the level.
bool accept_expressions(Block &block, Place &place);

/// GROUP BY, aggregates or HAVING.
bool is_grouped(const Query *query);

/// Whether the level hands on the rows of an ordered sub-select of its FROM as they come. PostgreSQL keeps their order,
/// and people rely on it: SELECT … FROM (SELECT … ORDER BY …) LIMIT n, or a view with ORDER BY.
bool keeps_order_of_sub_select(const Query *query);

/// Whether the rows of each group of GROUP BY are in one shard group; the locus keeps the keys that are left.
bool accept_grouping(Block &block, Locus &locus);

/// Accepts all steps and expressions of the level. False when groups cannot do all of it.
bool accept_steps(Block &block, Place &place);

/// The columns among sort or group clauses that are compared as they are hashed.
ColumnSet columns_of_clauses(Block &block, const List *clauses);

/// Whether values of two expressions that are equal are hashed alike.
bool are_hashed_alike(const Node *left, const Node *right);

} // namespace cedro::planner
