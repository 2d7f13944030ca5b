// Which shards of a table can hold rows that fulfil a qual.
#pragma once
#include "pg/planner.hpp"
#include "table/table.hpp"

namespace cedro::plan {

/// Whether the operator means the equality under which the table's rows are
/// hashed: a member of the hash operator family of its distribution column.
/// `collation`: the one it is called with.
bool is_key_equality(const table::Table &table, Oid operator_oid, Oid collation);

/// The shard that holds the rows whose key equals a value of a type of the key's hash family.
/// Nothing when the type has another one.
std::optional<int> ordinal_of_value(const table::Table &table, Datum value, bool is_null, Oid type);

/// Whether values of the type are hashed as those of the key.
bool ordinals_are_known(const table::Table &table, Oid type);

/// The ordinals of the shards that may hold rows fulfilling the qual; it refers
/// to the key as Var(1, table.key) (other Vars are ignored). AND, OR, key = constant,
/// key = ANY (constant array), key IS NULL and constants are understood, everything
/// else restricts nothing. nullptr qual: all shards.
Bitmapset *ordinals(const table::Table &table, const Node *qual);

/// A value, known only at execution, that the qual equates with the key: then one group holds all rows. Else nullptr.
const Node *value_of_one_group(const table::Table &table, const Node *qual);

/// True when the qual leaves one group at most, known now or only at execution.
bool names_one_group(const table::Table &table, const Node *qual);

} // namespace cedro::plan
