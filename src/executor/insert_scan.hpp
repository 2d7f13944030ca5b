// Executes INSERT into distributed tables.
#pragma once

namespace cedro::executor {

/// Registers the scan that the planner puts in place of ModifyTable; called once from _PG_init.
void register_insert_scan();

} // namespace cedro::executor
