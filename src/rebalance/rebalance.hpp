// Carries out a rebalance, and tells how far it is.
#pragma once
#include "rebalance/plan.hpp"

namespace cedro::rebalance {

/// rebalance_table_shards: coordinator only. At top level each move commits by
/// itself, so that a write waits for one shard group at most, and what is done
/// stays done; in a transaction block all or nothing.
void rebalance(const Request &request);

/// citus_drain_node: no new shards for the node, and those that it has move away.
void drain_node(const char *host, int32 port, const char *strategy);

} // namespace cedro::rebalance
