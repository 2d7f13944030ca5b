// All that a node has to have, as commands in the order in which it needs them.
#pragma once
#include "pg/arena.hpp"

namespace cedro::sync {

/// What the node of this group is told: to forget what is outdated, then nodes,
/// objects, shells, foreign keys, views, metadata and its version.
pg::Vector<const char *> everything(int32 group);

} // namespace cedro::sync
