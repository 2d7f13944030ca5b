// Executes UPDATE and DELETE of distributed tables row by row.
#pragma once

namespace cedro::executor {

/// Registers the scan; called once from _PG_init.
void register_row_change_scan();

} // namespace cedro::executor
