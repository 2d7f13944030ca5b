// INSERT … ON CONFLICT on a key that holds over all shards: the row that is in
// the way may lie in another shard group than the new one would.
#pragma once
#include "plan/value_text.hpp"
#include "table/table.hpp"
#include "unique/entry.hpp"

namespace cedro::executor {

/// The global keys that an ON CONFLICT clause may meet: those of its target, or
/// all of them when it names none. Keys over expressions and partial ones are
/// left out: a conflict there is an error.
pg::Vector<unique::GlobalKey> conflict_keys(const table::Table &table, const Query *conflict);

/// The shard group to which a row has to go: the one that holds a row with the
/// same key, where ON CONFLICT finds it, else its own, with the key reserved for
/// this statement. Waits for transactions that are adding or removing the key.
/// Call inside plan::with_exact_output.
int conflict_ordinal(const table::Table &table, std::span<const unique::GlobalKey> keys, plan::ValueWriter &writer,
                     const Datum *values, const bool *nulls, int32 home);

} // namespace cedro::executor
