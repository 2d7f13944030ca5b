// What another server reports, as this server's own errors.
#pragma once
#include "net/connection.hpp"

namespace cedro::net {

/// A remote error with all its fields (SQLSTATE, DETAIL, HINT, CONTEXT, object
/// names); CONTEXT ends with the node. In the current memory context.
ErrorData *error_of(const PGresult *result, const Connection &connection);

/// Raises 08006: the connection broke.
[[noreturn]] void raise_lost(const Connection &connection);

/// An elevel for a severity that a server names ("WARNING"); ERROR when unknown.
int level_of(const char *severity);

/// A SQLSTATE from its five characters, or the fallback.
int sqlstate_of(const char *code, int fallback);

/// A copy without white space at the end, as libpq's messages have. palloc'ed.
const char *trimmed(const char *message);

} // namespace cedro::net
