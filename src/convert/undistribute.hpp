// Tables leave the cluster.
#pragma once
#include "table/table.hpp"

namespace cedro::convert {

/// undistribute_table: the table and its rows become an ordinary table of the
/// coordinator again, with everything that hangs on it. With `cascades`, all
/// tables that foreign keys connect go with it.
void undistribute(Oid relid, bool cascades);

/// The second half: these tables (none of them a partition; the metadata is
/// locked), with their partitions, become ordinary tables. Foreign keys and owners are not looked at.
void take_back(const pg::Vector<Oid> &tops);

/// remove_local_tables_from_metadata: undistributes the local tables that no foreign key
/// connects, over however many tables, with a reference table.
void remove_local_tables();

/// Takes back the local tables that became so by themselves and that no foreign
/// key connects with a reference table any more, with a NOTICE for each.
void release_unconnected();

} // namespace cedro::convert
