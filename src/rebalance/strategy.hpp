// How evenly shards lie, as a row of pg_dist_rebalance_strategy judges it.
#pragma once
#include "pg/arena.hpp"

namespace cedro::rebalance {

struct Strategy {
    const char *name;
    Oid cost;     ///< (shard bigint) → real
    Oid capacity; ///< (node integer) → real
    Oid allowed;  ///< (shard bigint, node integer) → boolean
    double threshold;
    double minimum_threshold;
    double improvement;

    double cost_of(int64 shard) const;
    double capacity_of(int32 node) const;
    bool allows(int64 shard, int32 node) const;
    /// Whether allows() says yes to everything, so that it need not be asked.
    bool allows_all() const;
};

/// The strategy of this name, or the default one for nullptr. Raises when there is none.
Strategy strategy_named(const char *name);

} // namespace cedro::rebalance
