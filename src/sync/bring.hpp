// Connects to a node that joins (again), examines it and tells it everything.
#pragma once
#include "cluster/node.hpp"

namespace cedro::sync {

/// Raises unless the node, whose row exists, can take part: it answers, has the
/// extension in this version, its server is set up for distributed
/// transactions, and it belongs to no other cluster.
void examine(const cluster::Node &node);

/// Tells a node everything, in this transaction.
void bring(const cluster::Node &node);

/// Takes the cluster's metadata and shells away from a node that leaves, if it
/// can be reached; else a WARNING says what to do on it.
void dismiss(const cluster::Node &node);

} // namespace cedro::sync
