// Whether a whole statement or sub-query may run in the shard groups, each by itself.
#pragma once
#include "pg/planner.hpp"
#include "plan/fragment.hpp"

namespace cedro::planner {

struct Push {
    /// The statement as one fragment, or nullptr when its result is not the union of what the groups give.
    plan::Fragment *fragment;
    /// Values that the fragment needs at execution (its Params, in order).
    List *values;
    /// Why not, for messages ("table \"b\" is not joined on its distribution column"); nullptr when pushed.
    const char *reason;
};

/// Analyses a SELECT, or an UPDATE, DELETE or MERGE with its target (the query after
/// parse analysis, before planning). The query is not changed.
Push push_whole(const Query *query);

/// The shells that the query reads or writes (sub-queries, CTEs and policies included), each once.
pg::Vector<Oid> shells_of(const Query *query);

} // namespace cedro::planner
