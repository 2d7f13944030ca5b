// COPY of distributed tables, in both directions.
#pragma once
#include "pg/utility.hpp"

namespace cedro::copy {

/// COPY shell FROM: reads and checks the rows here as PostgreSQL does, and sends them to their shards.
bool copy_from(const pg::Utility &utility);

/// COPY shell TO: runs as COPY (SELECT … FROM ONLY shell) TO.
bool copy_to(const pg::Utility &utility);

} // namespace cedro::copy
