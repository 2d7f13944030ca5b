// Runs a task's text against this node's shards: the same code for a task that
// another node sent and for one that this backend runs in process.
#pragma once
#include "pg/executor.hpp"
#include "pg/utility.hpp"
#include "plan/message.hpp"

namespace cedro::worker {

/// Replaces, in place, every shell in the Query (sub-queries, CTEs, sub-links,
/// policies included) by this node's shard of the given groups; reference
/// tables by their local placement. Locks the shards, moves privilege checks to
/// an unreferenced copy of the shell's entry, maps ON CONFLICT constraints.
/// Raises 55000 when a shard is not here (moved meanwhile).
void bind(Query *query, plan::GroupSet groups);

/// The header of a statement, when it is a task that another node sent: the
/// session is proved and the text is the top-level text of the message (the
/// same pointer, so that no text made by user code can pass for it).
std::optional<plan::Header> task_header(const char *query_string);

/// Runs a utility statement (DECLARE CURSOR, EXPLAIN, COPY of a query) whose
/// query is a task; false when it is none.
bool run_task_utility(const pg::Utility &utility);

/// Runs body, in which queries with this very text are the task that arrived
/// (the caller has checked that it stands at top level of a proved session).
void as_task_text(const char *query_string, pg::FunctionRef<void()> body);

/// Plans a statement that is a task of a proved session, with its shells bound;
/// nullptr when it is none. Called first from the planner hook.
PlannedStmt *plan_task(Query *query, const char *query_string, int cursor_options, ParamListInfo parameters);

/// Puts the plan for the groups at hand into a query that was planned before
/// they were known (a generic plan). Called first from the ExecutorStart hook.
void start_task(QueryDesc *execution);

/// Lets a task read with the snapshot that this node holds for its statement, if
/// the sender names one. Called from the ExecutorStart hook.
void take_held_snapshot(QueryDesc *execution);

/// Names the nodes of our plans to PostgreSQL; called once from _PG_init.
void register_dispatch();

/// A task that this backend runs in process, row by row.
struct LocalTask;

/// Parses, analyses, rewrites, binds and plans the text (without header) and
/// starts its execution as `role` (InvalidOid: the current one). Rows come from
/// next_row(). The task sees what the running statement sees: not what other
/// tasks of the same statement write. One that writes is carried out in full
/// here, AFTER triggers included. Lives in the current memory context.
/// `values`: of the text's $1, $2 … (Const nodes, which must live as long).
LocalTask *start(const char *sql, plan::GroupSet groups, Oid role, const List *values = NIL);

/// As start(), next_row() … finish(): hands each row to `row`, which runs as the task does.
void run_each(const char *sql, plan::GroupSet groups, Oid role, pg::FunctionRef<void(TupleTableSlot *)> row);

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
