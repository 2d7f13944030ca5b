// Values of sequences that are too narrow to give every node a range of its own:
// the coordinator gives them out, and the other nodes fetch some at a time.
#pragma once
#include "pg/arena.hpp"

namespace cedro::transaction {

/// nextval() of a sequence, in the coordinator's order of values; checks the
/// privilege as nextval does. On the coordinator it is nextval itself.
/// Values that a session fetched and did not use are lost, as with CACHE.
int64 next_value(Oid sequence);

/// The coordinator's part: takes values out of the sequence.
pg::Vector<int64> take_values(Oid sequence, int count);

} // namespace cedro::transaction
