// Opening connections as a node: whom to log in as, and the proof.
#pragma once
#include "net/connection.hpp"

namespace cedro::transaction {

/// A node to connect to.
struct NodeAddress {
    int32 id; ///< 0: not registered yet
    const char *host;
    int32 port;
};

/// Why a node cannot be used.
struct Unreachable {
    const char *message;
    const char *detail; ///< or nullptr
    const char *hint;   ///< or nullptr
};

/// Connects, proves that a node does so and compares versions. Returns why not, or nullptr and the connection.
const Unreachable *log_in(const NodeAddress &node, net::Connection **connection);

/// A node to log in to, and what has come of it: the connection or the reason.
struct Login {
    NodeAddress node;
    net::Connection *connection = nullptr;
    const Unreachable *reason = nullptr;
};

/// log_in() at several nodes at the same time.
void log_in(std::span<Login> logins);

/// Raises 08001.
[[noreturn]] void raise_unreachable(const Unreachable &reason);

/// The role in whose name connections are opened: citus_node, or the client's
/// where pg_dist_authinfo names it.
const char *login_role(int32 node_id);

} // namespace cedro::transaction
