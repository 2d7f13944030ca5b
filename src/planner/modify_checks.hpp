// What a pushed UPDATE, DELETE or MERGE must not do, whatever its locus.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// "INSERT", "UPDATE", "DELETE" or "MERGE".
const char *command_name(const Query *query);

/// Whether SET assigns the distribution column of the target another value than it has.
bool assigns_other_key(const Query *query, const List *targets);

/// Whether an UPDATE may give the distribution column another value.
bool may_move_rows(const Query *query);

/// Whether a MERGE may move a row to another shard, or insert one that belongs into
/// another shard than the one that misses it.
bool may_leave_shard(const Query *merge);

/// The statement as it can be deparsed: as the client wrote it where that was
/// kept, else the rewritten query, if its text means the same; else nullptr. Raises 0A000 behind rules.
const Query *statement_text(const Query *query);

} // namespace cedro::planner
