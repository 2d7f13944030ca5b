// The executor node that hands out a fragment's rows.
#pragma once
#include "executor/reader.hpp"
#include "pg/executor.hpp"

namespace cedro::executor {

/// Registers the node under plan::kFragmentScan; called once from _PG_init.
void register_fragment_scan();

/// What EXPLAIN needs of a scan whose values can be computed: the text and its tasks.
struct Shown {
    const char *sql;
    pg::Vector<Task> tasks;
    Oid role;
};

/// The text and tasks of a scan, without starting it. The node must be one of ours.
Shown shown(CustomScanState *node);

/// Prints a scan for EXPLAIN; set by the floor above.
extern void (*explain_fragment)(CustomScanState *node, List *ancestors, ExplainState *state);

} // namespace cedro::executor
