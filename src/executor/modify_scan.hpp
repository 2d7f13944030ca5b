// Executes UPDATE, DELETE and MERGE of distributed tables in their shard groups.
#pragma once

namespace cedro::executor {

/// Registers the scan; called once from _PG_init.
void register_modify_scan();

} // namespace cedro::executor
