// Tables change the co-location group they are in; no row moves.
#pragma once
#include "table/table.hpp"

namespace cedro::convert {

/// update_distributed_table_colocation: the table, with its partitions, leaves its
/// group for the one of the table named, or with "none" for a new one of its own.
void update_colocation(Oid relid, const char *colocate_with);

} // namespace cedro::convert
