// Options of tables that pg_class.reloptions cannot hold (citus_internal.table_option).
#pragma once
#include "pg/arena.hpp"

namespace cedro::convert {

/// The shard_replication_factor that ALTER TABLE … SET or CREATE TABLE … WITH gave a table.
std::optional<int> remembered_replication_factor(Oid relid);

/// Whether new tables may join a colocation group without naming one of its
/// tables: not when it was founded with colocate_with => 'none'.
bool is_open(int32 colocation);

} // namespace cedro::convert
