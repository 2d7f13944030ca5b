// The relations of shards on all nodes that hold a placement.
#pragma once
#include "table/table.hpp"

namespace cedro::convert {

/// Creates the empty relations of all shards, on every node with a placement.
void create_shards(const table::Table &table);

/// Creates the foreign keys of the shards, to and from other tables, once the rows are in place.
void create_foreign_keys(const table::Table &table);

/// Drops the relations of all shards that the struct lists, whatever the catalogs say now.
void drop_shards(const table::Table &table);

/// Locks the shells of these tables on all other nodes against everybody else, to the
/// end of the transaction. The caller holds the same lock here.
void lock_on_other_nodes(std::span<const Oid> relids);

} // namespace cedro::convert
