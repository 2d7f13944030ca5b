// From the cluster as it is to the moves that even it out.
#pragma once
#include "pg/arena.hpp"

namespace cedro::rebalance {

struct Request {
    Oid relid;                           ///< whose co-location group; InvalidOid: all of them
    std::optional<double> threshold;     ///< else the strategy's
    std::optional<double> improvement;   ///< else the strategy's
    int max_moves;
    std::span<const int64> excluded;     ///< shards that stay where they are, with those that lie with them
    bool only_drain;
    const char *strategy;                ///< nullptr: the default one
};

/// A shard group on its way from one node group to another.
struct Move {
    Oid relid;
    int64 shard; ///< one shard stands for all of its group
    int32 from;
    int32 to;
};

/// The moves in the order in which they shall be made. Groups with a single
/// shard (tables without a distribution column) are evened out together, every
/// other co-location group by itself.
pg::Vector<Move> plan(const Request &request);

} // namespace cedro::rebalance
