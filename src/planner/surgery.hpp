// Cuts and joins of Query trees that several passes need.
#pragma once
#include "pg/arena.hpp"
#include "pg/planner.hpp"

namespace cedro::planner {

/// A copy of the query in which Vars are replaced. `replace` gets each Var with
/// the depth of the sub-query it stands in (0: the query itself; the Var belongs
/// to the query when varlevelsup == depth) and returns its successor or nullptr.
Query *with_vars(const Query *query, pg::FunctionRef<Node *(const Var *, int depth)> replace);

/// The same for an expression of the query.
Node *with_vars(const Node *expression, pg::FunctionRef<Node *(const Var *, int depth)> replace);

/// A copy of the Var that means another column of its own query level.
Var *redirected(const Var *var, int varno, AttrNumber attribute);

/// A copy that nothing is pulled out of and no condition is pushed into: OFFSET 0.
Query *fenced(const Query *query);

/// SELECT … FROM the entry alone; the target list is still empty.
Query *select_from(RangeTblEntry *entry);

/// A copy of a table's entry as the text of a fragment needs it: policies are
/// applied, and privileges judged, by the node that runs it.
RangeTblEntry *text_entry(const RangeTblEntry *entry);

/// A copy of a table's entry that stands in no FROM: the executor judges its
/// privileges, and the plan depends on the table.
RangeTblEntry *privilege_entry(const RangeTblEntry *entry);

/// Calls visit(query, index, entry) for each entry of FROM lists and each target
/// of a write, in the query and all queries inside it.
void for_each_entry(Query *query, pg::FunctionRef<void(Query *, int, RangeTblEntry *)> visit);

} // namespace cedro::planner
