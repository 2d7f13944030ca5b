// Numbers for new shards, placements and colocation groups, from the
// coordinator's sequences.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::table {

int64 next_shard();
int64 next_placement();

/// Shards of hidden key tables, and the number in such a table's name.
int64 next_key_shard();
int64 next_key_table();

int32 next_colocation();

/// Numbers for pg_dist_cleanup: of an operation, and of a record.
int64 next_operation();
int64 next_cleanup_record();

} // namespace cedro::table
