// Who waits for whose lock on this server.
#pragma once
#include "pg/arena.hpp"
#include "transaction/distributed_id.hpp"

namespace cedro::transaction {

/// One side of a wait: a distributed transaction, or a backend of one node that works for none.
struct Party {
    int32 pid;         ///< on the node where the wait is; 0: a prepared transaction
    int32 group;       ///< where the distributed transaction began; else the node of the wait
    uint64 number;     ///< 0: no distributed transaction
    TimestampTz stamp; ///< 0: unknown

    bool is_same_as(const Party &other) const {
        return group == other.group && number == other.number && (number != 0 || pid == other.pid);
    }
};

struct WaitEdge {
    Party waiting;
    Party blocking;
    bool is_blocking_waiting; ///< the blocking one waits for a lock itself, on this node
};

/// Waits for heavyweight locks at this moment. Locks of prepared transactions count.
pg::Vector<WaitEdge> local_wait_edges();

} // namespace cedro::transaction
