// Which values travel between nodes in binary.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::plan {

/// Whether values of all columns mean the same in binary on another node: they
/// have send and receive functions and carry no object ids.
bool travels_in_binary(TupleDesc type);

} // namespace cedro::plan
