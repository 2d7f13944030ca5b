// Executes UPDATE, DELETE and MERGE of distributed tables in their shard groups.
#pragma once
#include "executor/fragment_scan.hpp"

namespace cedro::executor {

/// Registers the scan; called once from _PG_init.
void register_modify_scan();

/// Prints the tasks of a write for EXPLAIN; set by the floor above.
extern void (*explain_write)(const Shown &shown, ExplainState *state);

} // namespace cedro::executor
