// TRUNCATE and LOCK TABLE of distributed tables.
#pragma once
#include "pg/utility.hpp"

namespace cedro::copy {

/// TRUNCATE: PostgreSQL checks and truncates the shells (and whatever else is
/// named or referenced), then all their placements follow.
bool truncate(const pg::Utility &utility);

/// LOCK TABLE in a mode that keeps writers out: the shells are locked on every node.
bool lock_table(const pg::Utility &utility);

} // namespace cedro::copy
