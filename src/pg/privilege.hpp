// Privilege checks of a query's range table, which versions keep in different places.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::pg {

/// Frees an entry of the range table from privilege checks, for its relation is
/// about to be replaced by `replacement`. Returns an unreferenced copy that
/// still has them, for the caller to append to the range table (what view
/// expansion does); nullptr when there is nothing to check. The columns that
/// the statement sets stay known at the entry.
RangeTblEntry *take_privilege_checks(Query *query, RangeTblEntry *entry, Oid replacement);

/// Raises 42501 unless the current role may insert into these columns (a List of attribute numbers).
void check_insert_privilege(Relation relation, List *columns);

/// Whether a role has a privilege ("CREATE") on a schema, type, language or whole table (OBJECT_TABLE).
bool has_privilege(Oid role, ObjectType kind, Oid object, const char *privilege);

/// Whether policies apply to the current role (row_security = off and a policy: raises).
bool has_policies(Oid relid);

} // namespace cedro::pg
