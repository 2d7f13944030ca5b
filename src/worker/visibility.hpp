// Shards are no objects of a client's: it neither sees nor changes them.
#pragma once
#include "pg/utility.hpp"

namespace cedro::worker {

/// Adds to each pg_class and pg_statistic_ext that the query reads a filter
/// which leaves shards out. Called from the planner hook for statements that are no tasks.
void hide_shards(Query *query);

/// Raises 42809 when the query writes to a shard directly. Called from the planner hook.
void refuse_shard_writes(const Query *query, const char *query_string);

/// Raises 42809 when a client's utility statement changes a shard. Registered in src/extension/hooks.cpp.
bool refuse_shard_changes(const pg::Utility &utility);

} // namespace cedro::worker
