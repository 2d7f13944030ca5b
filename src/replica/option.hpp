// shard_replication_factor as a storage parameter of tables: PostgreSQL does not
// know it, so it is taken out of the statement before PostgreSQL sees that.
#pragma once
#include "pg/utility.hpp"

namespace cedro::replica {

/// ALTER TABLE … SET and RESET, and CREATE TABLE … WITH, when they name the
/// option; the rest of the statement goes its usual way first. Registered in
/// src/extension/hooks.cpp before the handlers of DDL.
bool handle_utility(const pg::Utility &utility);

} // namespace cedro::replica
