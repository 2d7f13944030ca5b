// The ways a table becomes a table of the cluster, as users call them.
#pragma once
#include "convert/layout.hpp"

namespace cedro::convert {

/// create_distributed_table.
void distribute(const Request &request);

/// create_reference_table.
void make_reference(Oid relid);

/// citus_add_local_table_to_metadata; with `cascades`, all tables that foreign keys connect come along.
void add_local(Oid relid, bool cascades);

/// Gives a plain table that is a partition of a table of the cluster, or is to become one, that table's layout.
void join(Oid partition, Oid parent);

/// Makes a plain table that a foreign key connects with a reference or local
/// table a local table of the cluster, with all that are connected with it.
void add_local_for_foreign_key(Oid relid);

} // namespace cedro::convert
