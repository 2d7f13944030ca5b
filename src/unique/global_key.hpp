// Unique constraints that hold over all shards although they lack the
// distribution column. The shell keeps the constraint, every shard a local
// unique index, and a hidden table one entry per row: the key's columns and the
// home of the row (the hash of its distribution column).
//
// The hidden table is hash-distributed by the key in the colocation group of
// its table, so that moves and copies of shard groups take it along.
#pragma once
#include "pg/arena.hpp"
#include "table/table.hpp"

namespace cedro::unique {

struct GlobalKey {
    Oid index; ///< the unique index of the shell
    Oid shell;
    Oid key_table; ///< the hidden table
};

/// The global keys of a table, by index oid.
pg::Vector<GlobalKey> keys_of(Oid shell);

/// The key of a unique index, or nothing when the index is not a global key.
std::optional<GlobalKey> key_of_index(Oid index);

/// The key that a hidden table serves, or nothing.
std::optional<GlobalKey> key_of_table(Oid key_table);

inline bool is_key_table(Oid relid) { return key_of_table(relid).has_value(); }

/// True when this database has global keys at all. Cached; cheap per statement.
bool any_keys();

/// True when a unique index of a hash-distributed table cannot be enforced by
/// its shards alone: the distribution column is none of its key columns.
bool needs_global_key(const table::Table &table, Oid index);

/// Unique indexes of the relation that need a global key, by oid.
pg::Vector<Oid> indexes_that_need_keys(const table::Table &table);

/// Columns of a hidden table are named k1, k2, …; the last is "home".
inline constexpr char kHomeColumn[] = "home";

} // namespace cedro::unique
