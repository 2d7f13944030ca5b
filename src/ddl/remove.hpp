// What was dropped on the coordinator goes here too: the part of each node.
#pragma once
#include "ddl/describe/description.hpp"

namespace cedro::ddl {

/// A distributed table by name: where it was dropped, it has no oid any more.
struct DroppedTable {
    const char *schema;
    const char *name;
    std::span<const int64> shards;
};

/// Drops this node's relations of a table's shards. The shell may be gone.
void remove_shards(const DroppedTable &table);

/// Drops shards and shell, if they are here, and the rows of the metadata.
/// Other objects that depend on the shell are dropped or, unless `cascades`, in the way.
void remove_table(const DroppedTable &table, bool cascades);

/// Deletes the rows of the metadata for a table (by its oid on this node) and its shards.
void remove_rows(Oid relid, std::span<const int64> shards);

/// Drops those of the objects that are here, all at once.
void remove_objects(std::span<const ObjectAddress> objects, bool cascades);

void remove_role(const char *name);

} // namespace cedro::ddl
