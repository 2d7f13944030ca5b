// Indexes made, dropped and rebuilt while the table is written to.
#pragma once
#include "ddl/statement.hpp"

namespace cedro::ddl {

/// Executes CREATE INDEX CONCURRENTLY, DROP INDEX CONCURRENTLY and REINDEX
/// CONCURRENTLY about tables of the cluster, and the forms of REINDEX that
/// PostgreSQL runs outside of transactions; false for other statements.
///
/// Each shard is treated by itself, node by node; only the shells, which are empty, are locked against writers for as
/// long as it takes to change catalogs. While that goes on, and after
/// a failure, the index of the shell is marked as not valid on all nodes: then
/// DROP INDEX or REINDEX INDEX is what helps.
bool run_concurrently(const pg::Utility &utility);

/// The statement without CONCURRENTLY: for the shell, which is empty.
pg::Utility within_transaction(const pg::Utility &utility);

/// Runs the part of CREATE INDEX that changes shells: what table.cpp does with any change.
void carry_change(const pg::Utility &utility, std::span<const Oid> tables);

} // namespace cedro::ddl
