// Tables leave the cluster.
#pragma once
#include "table/table.hpp"

namespace cedro::convert {

/// undistribute_table: the table and its rows become an ordinary table of the
/// coordinator again, with everything that hangs on it. With `cascades`, all
/// tables that foreign keys connect go with it.
void undistribute(Oid relid, bool cascades);

/// remove_local_tables_from_metadata: undistributes the local tables that no foreign key
/// connects, over however many tables, with a reference table.
void remove_local_tables();

} // namespace cedro::convert
