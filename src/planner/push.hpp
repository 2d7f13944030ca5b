// Whether a whole statement or sub-query may run in the shard groups, each by itself.
#pragma once
#include "pg/arena.hpp"
#include "pg/planner.hpp"
#include "plan/fragment.hpp"
#include "planner/place.hpp"

namespace cedro::planner {

struct Push {
    /// The statement as one fragment, or nullptr when its result is not the union of what the groups give.
    plan::Fragment *fragment;
    /// Values that the fragment needs at execution (its Params, in order), ready to be evaluated.
    List *values;
    /// Why not, for messages: "an outer join is not on the distribution columns"; nullptr when pushed.
    const char *reason;
    /// The plan holds for the current role only (PlannedStmt.dependsOnRole).
    bool depends_on_role;
};

/// Analyses a SELECT, or an UPDATE, DELETE or MERGE with its target: a query
/// after parse analysis, rewritten or not. The query is not changed.
///
/// Of a write to a reference table every copy gives the same; for another
/// target each row is changed in its own group. Whether SET may change the
/// distribution column, and MERGE insert into another group, is not judged.
Push push_whole(const Query *query);

/// A fragment of a query whose rows are at this place (columns: output columns). The query is not copied.
plan::Fragment *fragment_at(Query *query, const Place &place);

/// Turns everything in the fragment that is known at execution only into Params, and returns their values.
List *take_values(plan::Fragment *fragment);

} // namespace cedro::planner
