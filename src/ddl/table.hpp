// What may be done to a table of the cluster.
#pragma once
#include "ddl/statement.hpp"
#include "table/table.hpp"

namespace cedro::ddl {

/// The tables of the cluster that a statement changes: the table itself, that
/// of its index or statistics. Empty for statements about anything else.
pg::Vector<Oid> tables_of(Node *statement);

/// Raises 0A000 for what is not carried to the shards, before anything changes.
void require_carried(Node *statement, const table::Table &table);

/// Raises 55000 when a shard of the table lies on a node that is not active now,
/// which would miss the change.
void require_active_placements(const table::Table &table);

/// What later floors add to changes of tables; registered once from _PG_init.
struct TableRules {
    /// Raises for a constraint of the table that its shards cannot enforce.
    void (*check_keys)(Oid table);
    /// The table's unique indexes are about to be made anew: what enforces them over all shards goes until then.
    void (*drop_keys)(Oid table);
    /// Unique indexes that no shard can enforce alone may have come or gone.
    void (*reconcile_keys)(Oid table);
    /// Raises unless the foreign keys of the table, and to it, can be enforced.
    void (*check_foreign_keys)(Oid table);
};
void set_table_rules(const TableRules &rules);

} // namespace cedro::ddl
