// The rows of a view on all other nodes.
#pragma once
#include "pg/function.hpp"
#include "pg/postgres.hpp"

namespace cedro::monitor {

/// Puts the rows that every other node has in a relation of citus_internal, read in the current role, into a set
/// whose row type is the relation's. Nodes that cannot be reached are left out with a WARNING.
void put_rows_of_other_nodes(Oid relid, ReturnSetInfo *result);

} // namespace cedro::monitor
