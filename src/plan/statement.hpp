// The text of a write as the client gave it, kept for planning.
//
// The rewritten query cannot be deparsed safely (worker-and-oltp.md §5: policies,
// view owners and check options vanish, SET (a, b) = … swaps), and each node
// rewrites against its own shells anyway. So parse analysis leaves a copy of the
// analysed query in the query itself: in the functions list of an unreferenced
// RTE_RESULT entry of its range table, which rewriting, copyObject and the plan
// cache keep and nobody else looks at.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::plan {

/// Keeps copies in the UPDATE, DELETE and MERGE of a statement (CTEs too) and in
/// INSERT … ON CONFLICT DO UPDATE, where the target is a shell or a view. Called
/// after parse analysis, before rewriting.
void keep_statements(Query *query);

/// The copy that keep_statements left in the (rewritten) query; nullptr when there is none.
Query *kept_statement(const Query *query);

} // namespace cedro::plan
