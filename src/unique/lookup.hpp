// Statements that name a row by a unique key without the distribution column:
// one look-up in the hidden table tells the group, instead of asking all.
#pragma once
#include "pg/planner.hpp"
#include "table/table.hpp"

namespace cedro::unique {

/// The shard group of the row that a qual over Var(1, …) names by equality with
/// all columns of a global key; nothing when it names none, or no such row is
/// known (then every group has to be asked: a transaction may be committing).
std::optional<int> ordinal_by_key(const table::Table &table, const Node *qual);

} // namespace cedro::unique
