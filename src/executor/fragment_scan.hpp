// The executor node that hands out a fragment's rows.
#pragma once
#include "executor/exchange.hpp"
#include "executor/reader.hpp"
#include "pg/executor.hpp"

namespace cedro::executor {

/// Registers the node under plan::kFragmentScan; called once from _PG_init.
void register_fragment_scan();

/// Starts those scans of a running statement that have not started and hang on
/// no value of other plan nodes, before the statement writes: so they see
/// what was there when it began.
void start_scans(EState *state);

/// Gives the scans of a statement that is about to run, and its own part, snapshots that fit each other
/// (transaction::take_snapshots), when it needs more than one. Called from the ExecutorStart hook, after PostgreSQL's.
void fit_snapshots(QueryDesc *execution, int flags);

/// Whether the plan is such a scan.
bool is_fragment_scan(const Plan *plan);

/// What EXPLAIN needs of a scan.
struct Shown {
    const char *sql;
    pg::Vector<Task> tasks;
    Oid role;
    pg::Vector<RunningExchange> exchanges = pg::Vector<RunningExchange>();
};

/// The text and tasks of a scan: those of its last run, or those it would have.
/// Nothing when they hang on values that only the run would know.
std::optional<Shown> shown(CustomScanState *node);

/// The text with $n for values that are not known.
const char *shown_template(CustomScanState *node);

/// Prints a scan for EXPLAIN; set by the floor above.
extern void (*explain_fragment)(CustomScanState *node, List *ancestors, ExplainState *state);

} // namespace cedro::executor
