// Statements about the storage of shards, as commands for the nodes that have them.
#pragma once
#include "table/table.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::ddl {

/// Commands by node, while they are collected.
struct Work {
    struct Part {
        int32 node_id;
        pg::Vector<const char *> commands;
    };
    pg::Vector<Part> parts;

    void add(int32 node_id, const char *command);
    pg::Vector<transaction::NodeCommands> commands() const;
};

/// Adds a command for each placement of each shard of a table on an active node: what `command` makes of the
/// shard's id. Says in a WARNING when a node is left out.
void add_for_shards(Work &work, const table::Table &table, pg::FunctionRef<const char *(int64 shard)> command);

/// "schema"."name" of the shard of a relation: the table, or an index of it.
const char *name_on_shard(Oid relid, int64 shard);

/// Raises 25001 inside a transaction block, a function or a multi-statement message, as PostgreSQL does.
void prevent_in_block(bool is_top_level, const char *statement);

} // namespace cedro::ddl
