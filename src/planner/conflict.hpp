// ON CONFLICT as text that shards can run.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// Why shards cannot execute the ON CONFLICT clause of the (rewritten) query alone; nullptr when they can.
const char *no_conflict_text(const Query *query, Oid relid);

/// An INSERT without columns and rows that carries the ON CONFLICT clause of the
/// query, over the shell. What is known only at execution goes to `values`.
Query *conflict_statement(const Query *query, Oid relid, List **values);

} // namespace cedro::planner
