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

/// Ports that nobody listens on, kept from other clusters being made at the same time for as long as this lives.
class FreePorts {
public:
    /// Finds `count` of them from `first` upwards. When `exactly`, a port that is taken is a Failure; otherwise it is
    /// passed over.
    FreePorts(int first, size_t count, bool exactly);
    ~FreePorts();
    FreePorts(const FreePorts &) = delete;
    FreePorts &operator=(const FreePorts &) = delete;
    int operator[](size_t i) const { return numbers_[i]; }

private:
    std::vector<int> numbers_;
    std::vector<int> sockets_;
};

/// That many random characters out of letters and digits.
std::string random_text(size_t length);

/// Writes a file that only its owner can read.
void write_secret(const Path &path, const std::string &content);

} // namespace cedro
