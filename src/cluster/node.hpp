// The nodes of the cluster as pg_dist_node tells, cached per backend.
#pragma once
#include "pg/arena.hpp"

namespace cedro::cluster {

/// The coordinator's group.
inline constexpr int32 kCoordinatorGroup = 0;

/// A row of pg_dist_node. Lives until the next invalidation of the cache:
/// copy what must survive a catalog change.
struct Node {
    int32 id;
    int32 group;
    const char *host;
    int32 port;
    bool is_active;
    bool is_primary; ///< noderole = primary
    bool should_have_shards;
    bool has_metadata;
    bool is_metadata_synced;
    const char *cluster;

    bool is_coordinator() const { return group == kCoordinatorGroup; }
};

/// This server's group: 0 on the coordinator, and where nothing was registered yet.
int32 local_group();

bool is_local(const Node &node);

/// True on the coordinator.
bool is_coordinator();

/// All rows, by node id.
std::span<const Node> nodes();

/// The node with this id; raises when there is none.
const Node &node(int32 id);

/// The node at an address, or nullptr.
const Node *find(const char *host, int32 port);

/// The primary of a group, or nullptr. A group has at most one.
const Node *primary_of(int32 group);

/// Active primaries of all groups (this node included), by node id.
pg::Vector<Node> active_primaries();

/// Active primaries of the other groups, by node id.
pg::Vector<Node> other_nodes();

/// Active primaries that may hold shards of distributed tables, by node id.
/// When none is registered with should_have_shards, the coordinator itself.
pg::Vector<Node> shard_nodes();

/// Raises 55000 when this node was disabled: what it knows grows old.
void require_taking_part();

/// Raises unless this server is the coordinator. `operation` for the message: "create_distributed_table".
void require_coordinator(const char *operation);

} // namespace cedro::cluster
