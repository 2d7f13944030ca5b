// ON CONFLICT as text that shards can run.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// An INSERT without columns and rows that carries the ON CONFLICT clause of the
/// (rewritten) query, over the shell. What is known only at execution goes to
/// `values`. Raises 0A000 for clauses that no shard could execute alone.
Query *conflict_statement(const Query *query, Oid relid, List **values);

} // namespace cedro::planner
