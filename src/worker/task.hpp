// Runs a task's text against this node's shards: the same code for a task that
// another node sent and for one that this backend runs in process.
#pragma once
#include "pg/arena.hpp"
#include "plan/message.hpp"

namespace cedro::worker {

/// Replaces, in place, every shell in the Query (sub-queries, CTEs, sub-links,
/// policies included) by this node's shard of the given groups; reference
/// tables by their local placement. Locks the shards, moves privilege checks to
/// an unreferenced copy of the shell's entry, maps ON CONFLICT constraints.
/// Raises 55000 when a shard is not here (moved meanwhile).
void bind(Query *query, plan::GroupSet groups);

/// Whether the statement being planned is a task of a proved node session: its
/// text is the top-level text of the message, carries the header, and $1 holds
/// the groups. Then binds the query. Called from the planner hook.
bool bind_task(Query *query, const char *query_string, ParamListInfo parameters);

/// A task that this backend runs in process, row by row.
struct LocalTask;

/// Parses, analyses, rewrites, binds and plans the text (without header) and
/// starts its execution as `role` (InvalidOid: the current one). Rows come from
/// next_row(). The task sees what the running statement sees: not what other
/// tasks of the same statement write. One that writes is carried out in full
/// here, AFTER triggers included. Lives in the current memory context.
LocalTask *start(const char *sql, plan::GroupSet groups, Oid role);

/// The next row, or nullptr at the end. It lives until the next call.
TupleTableSlot *next_row(LocalTask *task);

/// The type of its rows; no columns when it returns none.
TupleDesc result_type(const LocalTask *task);

/// Rows processed by INSERT, UPDATE, DELETE or MERGE; rows returned so far by SELECT.
uint64 processed(const LocalTask *task);

/// Ends the execution, also before the last row. Not needed after an error.
void finish(LocalTask *task);

/// Runs a text that returns no rows, as a command of its own: it sees what this
/// transaction did before, and what comes later sees its work. Returns the
/// number of rows processed.
uint64 run(const char *sql, plan::GroupSet groups, Oid role);

} // namespace cedro::worker
