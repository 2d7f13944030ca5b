// A Query as SQL text that another node can parse.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::plan {

/// Deparses a Query over shell tables with core's own deparser: every name is
/// qualified, and literals read the same under the receiving session's
/// settings. The tree is copied first; the result is palloc'ed.
/// Hazards (worker-and-oltp.md §5) are the caller's: securityQuals,
/// checkAsUser and withCheckOptions are not printed.
const char *sql_text(const Query *query);

/// `lit` quoted for a text literal, with NULL for nullptr.
const char *literal(const char *text);

} // namespace cedro::plan
