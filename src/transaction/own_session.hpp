// A second session of this backend with its own node: what runs there commits by
// itself, while the caller's statement goes on.
#pragma once
#include "pg/arena.hpp"

namespace cedro::transaction {

/// Whether what a statement does may commit piece by piece: outside of a
/// transaction block, with nothing written yet whose locks the pieces would wait for.
bool can_commit_each();

/// Opens the session, as the current role, calls body, and closes it; when body
/// raises, what runs there is cancelled.
void with_own_session(pg::FunctionRef<void()> body);

/// Runs a statement in the session and waits for its end, however long it
/// takes. Its warnings reach the client; its error is raised here. Inside with_own_session.
void run_by_itself(const char *sql);

} // namespace cedro::transaction
