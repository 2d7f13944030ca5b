// Statements that lock rows in several shard groups at once take turns: two that
// lock the same rows in another order on each node would wait for each other.
#pragma once
#include "pg/arena.hpp"

namespace cedro::executor {

/// Runs body, which locks or changes rows of the table in several shard groups,
/// when no other such statement of this node runs on the table. It waits for that no longer than
/// a second, and not at all in a transaction that has written before: then body runs all the same. Who
/// waits for a row of a transaction that goes on keeps the others waiting just as long.
void in_turn(Oid relid, pg::FunctionRef<void()> body);

} // namespace cedro::executor
