// The nodes of the cluster: registered, activated, disabled, moved, removed.
// All of it on the coordinator, in the caller's transaction.
#pragma once
#include "cluster/node.hpp"

namespace cedro::sync {

struct NodeRequest {
    const char *host;
    int32 port;
    int32 group;      ///< negative: a new one
    const char *role; ///< noderole: primary, secondary, unavailable
    const char *cluster;
    bool is_inactive; ///< only the row: nobody connects
};

/// Registers a node and, unless it shall be inactive or is no primary, gives it
/// everything the cluster has. Returns its id, also when it was there already.
int32 add_node(const NodeRequest &request, const char *operation);

/// Registers the coordinator under an address, or changes its address.
void set_coordinator(const NodeRequest &request);

/// Registers a standby of the node at another address.
int32 add_secondary(const NodeRequest &request, const char *primary_host, int32 primary_port);

/// Brings a node to the present and lets it take part again.
int32 activate_node(const char *host, int32 port);

/// Gives an active node (or all of them) all metadata, objects and shells again.
void refresh_node(const char *host, int32 port);
void refresh_all();

/// Takes a node out of everything that the others do, with its copies of reference tables.
void disable_node(const char *host, int32 port);

/// Forgets a node. Refused while it holds the only placement of a shard.
void remove_node(const char *host, int32 port);

struct AddressChange {
    int32 id;
    const char *host;
    int32 port;
    bool is_forced; ///< end backends that use the node …
    int32 cooldown; ///< … after so many milliseconds
};

/// Gives a node another address, once nobody uses the node; who wants to waits
/// until the transaction ends. Local to the coordinator, so that it can be
/// prepared and works while other nodes are down; they are told afterwards.
void update_node(const AddressChange &change);

/// Lets those who need the node wait until the transaction ends.
void pause_node(int32 id, bool is_forced, int32 cooldown);

/// Tells the nodes that have not heard of it yet, and can be reached, the
/// addresses of all nodes. Returns how many were told. For the daemon, and
/// before any other change of nodes.
int push_node_rows();

/// Sets shouldhaveshards, the only property there is.
void set_property(const char *host, int32 port, const char *property, bool value);

/// The node at an address; raises 42704 when there is none.
cluster::Node require_node(const char *host, int32 port);

} // namespace cedro::sync
