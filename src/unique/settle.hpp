// After the write tasks of a statement: what they did to global keys goes to
// the hidden tables, in the same distributed transaction.
#pragma once
#include "unique/entry.hpp"

namespace cedro::unique {

/// Collects the key changes that the statement's tasks recorded on these nodes
/// (node ids; this node too if it is among them) and applies them. Raises 23505
/// for a duplicate key. Must be called after every statement that wrote shards,
/// once all of its tasks have finished; cheap when the database has no global keys.
void settle(std::span<const int32> node_ids);

/// The same for every active node: for statements whose reach is not known (a
/// cascade from a reference table).
void settle_everywhere();

} // namespace cedro::unique
