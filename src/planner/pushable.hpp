// Which expressions another node may evaluate, and what this node must evaluate
// for it beforehand.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// True when every node computes the same from the tree, and its text says the
/// same there: functions are deterministic (or their answer does not depend on
/// the place, as random()), exist on all nodes, and do not look at the node
/// itself. Where tables come from is not judged here. `tree` may hold sub-queries.
bool is_pushable(const Node *tree);

/// Whether it assigns to an element of an array or a field of a row, which has a text only as what an UPDATE sets.
bool has_assignment(const Node *tree);

/// True when the expression gets its value from nothing in the query: no columns,
/// sub-queries, aggregates, volatile functions. Parameters are allowed.
bool is_independent(const Node *expression);

/// True when values of the expression can be handed from node to node: not rows of no declared type.
bool travels(const Node *expression);

/// True when values of a type that clients may not name, such as the state of an
/// aggregate, mean the same on all nodes in their type's binary format.
bool has_portable_bytes(Oid type);

/// The same for all columns of a target list, those for sorting included.
bool travel(const List *targets);

/// True when the tree calls functions that are not built into the server.
bool has_code(const Node *tree);

/// True when the tree calls a volatile function.
bool is_volatile(const Node *tree);

/// True when the collations that a parser derives from the text of the
/// expression are those it has. Planning folds COLLATE away, and then they may differ.
bool keeps_collations(const Node *expression);

/// A copy in which whatever only this node can tell (parameters, stable
/// functions of constants such as now()) is a Param that stands for an entry of
/// `values`, to which it is added. The tree must be pushable.
Node *with_parameters(const Node *tree, List **values);

/// Makes the constants that columns are compared with, in the WHERE of the
/// outermost level, values too, in place: so that texts that differ in nothing else are the same text.
void take_constants(Query *query, List **values);

/// True when an object (a function, a type) exists on all nodes: it is built in,
/// was registered as distributed, or belongs to an extension that was.
bool exists_everywhere(Oid catalog, Oid object);

} // namespace cedro::planner
