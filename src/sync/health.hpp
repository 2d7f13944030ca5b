// Whether nodes reach each other.
#pragma once
#include "cluster/node.hpp"

namespace cedro::sync {

/// Whether this server can connect, as a node, to the server at an address.
bool can_connect(const char *host, int32 port);

struct Reach {
    cluster::Node from;
    cluster::Node to;
    std::optional<bool> is_reached; ///< nothing when `from` itself does not answer
};

/// Lets every active node try every active node.
pg::Vector<Reach> check_health();

} // namespace cedro::sync
