// DDL on a table, carried to its shards on this node.
#pragma once
#include "worker/lent_privilege.hpp"

namespace cedro::worker {

/// Executes a DDL statement (as the parser made it) on a table and on all its
/// shards of this node. on_shell runs it on the table itself.
///
/// Names of tables, indexes, constraints and statistics are replaced by those
/// of the shards. New indexes and constraints are taken from the shell after
/// the statement, so that they get its names. What lives on the shell only
/// (defaults, identity, privileges, policies, triggers) is left out. A
/// statement that concerns no shard just runs.
///
/// Carries: ALTER TABLE, ALTER INDEX, CREATE INDEX, DROP INDEX, REINDEX,
/// CLUSTER, RENAME (of tables, columns, constraints, indexes, statistics),
/// SET SCHEMA, OWNER, CREATE, ALTER and DROP STATISTICS, ATTACH and DETACH
/// PARTITION (between tables that have their shards already).
/// CREATE INDEX CONCURRENTLY concerns the table alone here; other statements raise 0A000 for CONCURRENTLY. DROP TABLE is not its matter: drop_shards() before it.
/// defaults: of shard_change_defaults(), for the rows that are there.
/// needs: called after on_shell, the privileges that the table's owner may lack for what the table now names.
void change_shards(Node *statement, List *defaults, pg::FunctionRef<void()> on_shell, pg::FunctionRef<Grants()> needs);

/// The values (char *, or nullptr) that stable defaults of new columns (now())
/// in a text of one or more statements have, once for all nodes; raises 0A000
/// for one that differs from row to row (nextval, identity).
List *shard_change_defaults(const char *sql);

/// The command that does all this on another node: a call of
/// citus_internal.change_with_shards(). Names resolve there by the search_path
/// that is set there. needs: see grants_named().
const char *shard_change_command(const char *sql, List *defaults, std::span<const char *const> needs);

/// What that command runs: each statement on the table, as its owner, and on its shards here.
void change_with_shards(const char *sql, List *defaults, const Grants &needs);

} // namespace cedro::worker
