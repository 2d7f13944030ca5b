// One question to all other nodes at the same time.
#pragma once
#include "pg/arena.hpp"
#include "pg/postgres.hpp"

#include <libpq-fe.h>

namespace cedro::monitor {

/// Sends a query to every other active primary, in the current role, and waits for all of them. A node that
/// cannot be reached raises; with is_optional a WARNING says which it is, and that `missing` ("the sizes of what
/// it holds") lacks in the answer. are_complete, when given, tells whether all nodes answered.
pg::Vector<const PGresult *> ask_others(const char *sql, bool is_optional, const char *missing,
                                        bool *are_complete = nullptr);

} // namespace cedro::monitor
