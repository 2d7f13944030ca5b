// Foreign keys between tables of the cluster: which combinations can be
// enforced on shards, and which tables must come along.
#pragma once
#include "convert/layout.hpp"

namespace cedro::convert {

/// A row of pg_constraint. Those that a partition has from its parent are left out.
struct ForeignKey {
    const char *name;
    Oid from;
    Oid to;
    std::span<const AttrNumber> from_columns;
    std::span<const AttrNumber> to_columns;
    char on_update; ///< FKCONSTR_ACTION_…
    char on_delete;
    bool sets(AttrNumber column) const; ///< ON DELETE SET NULL or SET DEFAULT touches the column
    std::span<const AttrNumber> delete_columns; ///< ON DELETE SET … (columns); empty: all
};

/// Foreign keys that the table has, and those of other tables that refer to it
/// (a key to the table itself is only among the first).
pg::Vector<ForeignKey> foreign_keys_of(Oid relid);
pg::Vector<ForeignKey> foreign_keys_to(Oid relid);

/// Raises 42830 for a foreign key of the table, or to it, that could not be
/// enforced if the table had this layout. `key` is its distribution column.
void require_enforceable_foreign_keys(Oid relid, const Layout &layout, AttrNumber key);

/// The same for a table of the cluster as it is.
void require_enforceable_foreign_keys(Oid relid);

/// Whether a foreign key of the table refers to a table with shards of its own. Unless distributed itself, it cannot be
/// satisfied: such a table waits for that.
bool refers_to_shards(Oid relid);

/// NOTICE of a foreign key of a table that waits.
void tell_of_waiting(const ForeignKey &key);

/// Tables that are not managed yet and must be, as local tables, when this one
/// is a reference or local table, because a foreign key connects them.
/// Partitions are represented by their topmost parent.
pg::Vector<Oid> plain_neighbours(Oid relid);

/// All tables that foreign keys connect with this one, itself included, by oid.
pg::Vector<Oid> connected_tables(Oid relid);

} // namespace cedro::convert
