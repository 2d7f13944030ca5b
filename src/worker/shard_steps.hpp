// What a DDL statement on a table means for each of its shards.
#pragma once
#include "worker/shard_names.hpp"

namespace cedro::worker {

/// A statement on one shard. It runs as the shard's owner; what evaluates
/// nothing may run as the extension's owner, and what needs more rights does.
struct Step {
    Node *statement;
    Oid shard;
    bool is_administrative;
};

/// What is to be done on shards once the shell has changed.
struct Change {
    pg::Vector<Step> steps;
    Oid completed = InvalidOid; ///< the table whose shards shall get what its shell got
    List *partitions = NIL;     ///< tables that become or cease to be its partitions
};

/// Before the shell changes, while names still mean what the statement says.
/// Raises 0A000 for what shards cannot follow.
void plan_change(Change &change, Node *statement);

/// Whether a command needs rights beyond the table's, and evaluates nothing.
bool is_administrative(const AlterTableCmd *command);

/// The relation of a name, or InvalidOid (also for nullptr).
Oid relation_named(const RangeVar *name);

/// The table that a relation belongs to: itself, or that of an index.
Oid table_of(Oid relid);

} // namespace cedro::worker
