// Errors and notices of nodes speak of shards; clients know tables.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::transaction {

/// Replaces the names of shards, their indexes and constraints in all texts of
/// an error by those of the user's table. For remote errors before they are
/// raised, and for local ones that a task in this backend raised.
void name_tables(ErrorData *error);

} // namespace cedro::transaction
