// nextval() on nodes other than the coordinator.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::plan {

/// The tree (a Query or an expression), in which next values of sequences that
/// have no range of their own on this node come from the coordinator: smaller
/// than bigint, or cast to something smaller. On the coordinator, and where
/// nothing changes, the tree itself.
Node *with_coordinator_values(Node *tree);

} // namespace cedro::plan
