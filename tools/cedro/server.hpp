// One PostgreSQL server: made, started, stopped. All of it runs as the cluster's owner (ActingAs).
#pragma once
#include "cluster.hpp"

namespace cedro {

/// Makes the data directory every node is copied from, the superuser's password and the cluster's secret.
void make_template(const Cluster &cluster);

/// Makes a node's data directory out of the template.
void make_node(const Cluster &cluster, const Node &node);

/// Starts those that do not run, all at once, and waits until each accepts connections.
void start(const Cluster &cluster, const std::vector<Node> &nodes);

/// Stops those that run. Mode as in pg_ctl: smart, fast or immediate.
void stop(const Cluster &cluster, const std::vector<Node> &nodes, const std::string &mode = "fast");

bool is_running(const Cluster &cluster, const Node &node);

/// `count` ports that nobody listens on, from `first` upwards. When `exactly`, a port that is taken is a Failure;
/// otherwise it is passed over.
std::vector<int> free_ports(int first, size_t count, bool exactly);

/// That many random characters out of letters and digits.
std::string random_text(size_t length);

/// Writes a file that only its owner can read.
void write_secret(const Path &path, const std::string &content);

} // namespace cedro
