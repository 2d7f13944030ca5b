// Errors of statements on this node's shards, told in the user's names.
#pragma once
#include "pg/scope.hpp"

namespace cedro::worker {

/// Runs body, which works on shards; its errors name tables and constraints of users instead.
void naming_tables(pg::FunctionRef<void()> body);

} // namespace cedro::worker
