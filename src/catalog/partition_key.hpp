// The distribution column as pg_dist_partition.partkey stores it: the text of
// a Var node with varno 1.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::catalog {

/// The text for a column of a relation. palloc'ed.
const char *partition_key_text(Oid relid, AttrNumber column);

/// The column that such a text names, or InvalidAttrNumber when it is not one.
/// Only looks for the number: the text may come from a user, and PostgreSQL's
/// node reader trusts what it is given.
AttrNumber partition_key_column(std::string_view text);

} // namespace cedro::catalog
