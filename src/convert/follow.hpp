// Tables that come to the cluster by themselves, because of what a statement says
// of them: partitions of its tables, and tables with a foreign key to one that
// lies on the coordinator too.
#pragma once
#include "pg/utility.hpp"

namespace cedro::convert {

/// Before ALTER TABLE: of a plain table that gets a foreign key to a reference or local table, or that is
/// attached as a partition to a table of the cluster. The table is added, and the statement goes on. Registered in
/// src/extension/hooks.cpp before the handlers of DDL; always returns false. Refuses inheritance from a table of the cluster.
bool handle_utility(const pg::Utility &utility);

/// After CREATE TABLE was executed; and after what may have dropped the foreign keys for which tables came: those leave.
void follow(const pg::Utility &utility);

} // namespace cedro::convert
