// The SQL commands that write a table's rows of pg_dist_* on every node. Names
// travel, not oids: oids differ from node to node.
#pragma once
#include "convert/layout.hpp"

namespace cedro::convert {

/// Commands in the order they must run, palloc'ed.
using Commands = pg::Vector<const char *>;

/// A relation as a literal that every node understands: `'s.t'::regclass`.
const char *relation_literal(Oid relid);

/// Adds the commands for a table of this layout, with new shard and placement ids.
void push_registration(Commands &commands, Oid relid, const Layout &layout);

/// Adds the command that records a colocation group.
void push_colocation(Commands &commands, int32 colocation, const ColocationGroup &group);

/// Adds the commands that remove a table from the metadata, with its shards, placements and option.
void push_removal(Commands &commands, const table::Table &table);

/// Adds the command that removes a colocation group, if no table is left in it
/// when `leaving` have gone.
void push_colocation_removal(Commands &commands, int32 colocation, std::span<const Oid> leaving);

/// Adds a placement of a shard on a group.
void push_placement(Commands &commands, int64 shard, int32 group);

/// Adds the command that records the replication factor asked for a table;
/// nothing: none is remembered. `is_apart`: see Layout.
void push_option(Commands &commands, Oid relid, std::optional<int> replication_factor, bool is_apart);

} // namespace cedro::convert
