// The columns of a query level that matter to loci, numbered, and the
// equalities between them.
#pragma once
#include "planner/place.hpp"

namespace cedro::planner {

/// A query level under analysis.
struct Block {
    Run &run;
    const Query *query;
    Block *outer; ///< the level around it, or nullptr where the fragment begins
    /// While sub-queries of the level's expressions are analysed: where the rows
    /// are for which they are evaluated.
    Locus rows = {};
    pg::Vector<const Node *> members = pg::Vector<const Node *>();
};

inline constexpr int kMaximumColumns = 64;

/// The number of a column (a Var, without relabelings), of a value or of the
/// merged column of a full join at this level; -1 when there are too many.
int number_of(Block &block, const Node *node);
ColumnSet set_of(Block &block, const Node *node);

/// The set of a column if it has a number already.
ColumnSet known_set_of(const Block &block, const Node *node);

/// The numbered columns of these relations (values and outer columns are none).
ColumnSet columns_of_relations(const Block &block, Relids relids);

/// Without relabelings, which keep the value.
const Node *bare(const Node *node);

/// Whether the operator is the equality that both types are hashed by, under a
/// collation that does not tell apart what the columns' own does not.
bool is_hash_equality(Oid operator_oid, Oid collation, const Node *left, const Node *right);

/// The sets of columns that the conjuncts make equal, closed under transitivity.
pg::Vector<ColumnSet> classes_of(Block &block, const List *conjuncts);

/// What of the level's columns the enclosing levels' rows hold as keys of a layout: a Bound locus.
Locus outer_row(Block &block, int32_t layout);

/// The level that a Var belongs to; nullptr when it lies outside of the fragment.
Block *level_of(Block &block, Index levels_up);

/// The conjuncts of a qual, AND taken apart and duplicates in OR drawn out, as analysis reads them.
List *folded(Node *qual);

} // namespace cedro::planner
