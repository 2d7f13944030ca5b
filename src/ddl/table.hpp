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
    /// A unique index of the shell that no shard can enforce alone was made; nullptr: refused.
    void (*add_global_key)(Oid table, Oid index) = nullptr;
    /// Raises unless the foreign keys of the table, and to it, can be enforced; nullptr: new ones are refused.
    void (*check_foreign_keys)(Oid table) = nullptr;
};
void set_table_rules(const TableRules &rules);

} // namespace cedro::ddl
