// The hidden tables behind unique constraints that lack the distribution column.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::convert {

/// Raises 0A000 for constraints of a distributed table that neither its shards nor global keys can enforce.
void check_keys(Oid shell);

/// Makes the global keys of a table what its unique indexes ask for: adds the
/// hidden table of an index that lacks one and fills it from the rows (23505
/// when there are duplicates), drops those whose index is gone. Called on the
/// coordinator at the end of whatever changes the indexes of a distributed
/// table, in its transaction, with the table locked against writes.
void reconcile_keys(Oid shell);

/// Drops all hidden tables of a table that is about to go or to be plain again.
void drop_keys(Oid shell);

} // namespace cedro::convert
