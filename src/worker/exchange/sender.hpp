// Sends rows to the nodes whose tasks will read them.
#pragma once
#include "pg/executor.hpp"
#include "plan/message.hpp"

namespace cedro::worker {

/// Where the rows of an exchange go.
struct Route {
    int key;    ///< column (from 1) whose hash names the group; 0: every row goes to all nodes of `nodes`
    Oid layout; ///< table whose shard groups they are; InvalidOid with key 0
    /// With a key: the node group that reads each shard group's rows, by ordinal, or kNobody. Without: all that read.
    std::span<const int32> nodes;
};
inline constexpr int32 kNobody = -1;

/// Runs a task's text in each of these shard groups, in the name of the role,
/// and sends its rows on their way. Returns, for each node that got some, what
/// it stores: "<node group> <text of seal_spool()>".
pg::Vector<const char *> produce(int64 exchange, const char *sql, std::span<const plan::GroupSet> groups, Oid role,
                                 const Route &route);

/// Removes what this node, and those it has sent rows to, hold of the exchange.
void drop_exchange(int64 exchange);

} // namespace cedro::worker
