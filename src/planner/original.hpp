// Statements as they were before rewriting. A write is sent as its client wrote
// it: the rewriter's output cannot be deparsed truly (multi-column SET, fields
// and elements, views, policies), and the node that runs it rewrites it again.
//
// The analysed query travels to planning inside the query itself: as the name
// of an entry of the range table that nothing refers to. That survives
// rewriting, copying and the plan cache.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// Keeps a copy of an UPDATE, DELETE or MERGE on a shell or a view in the query
/// (and in each such statement of its WITH list). Called after parse analysis.
void keep_original(Query *query);

/// The statement as kept, with the entry taken out; nullptr when none was kept.
Query *original(const Query *query);

} // namespace cedro::planner
