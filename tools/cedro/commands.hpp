// What the program can be asked for: one function a verb.
#pragma once
#include "cluster.hpp"

namespace cedro {

struct Up {
    Path directory;
    int workers = 2;
    int port = 0; // 0 = find free ones
    bool bare = false;
    std::string listen = "localhost";
    std::vector<std::string> settings; // "name=value" for postgresql.conf
};

/// Makes a cluster and starts it; unless bare, also creates the extension and registers the nodes.
Cluster up(const Up &wish);

/// Creates the extension on every node and registers the workers with the coordinator.
void register_nodes(const Cluster &cluster);

/// The statement by which the coordinator takes a node into the cluster.
std::string registration(const Node &node, bool coordinator);

/// Makes one more server and starts it; registers it when the coordinator has the extension and `bare` is false.
Node add_node(Cluster &cluster, bool bare);

/// Prints a table of the nodes, also of those that are down.
void status(const Cluster &cluster);

/// Starts the named node, or all.
void start_nodes(const Cluster &cluster, const std::string &name);

/// Stops the named node, or all.
void stop_nodes(const Cluster &cluster, const std::string &name, const std::string &mode);

/// Removes a cluster with all its data; asks first unless told that the answer is yes. False when it was not wanted.
bool destroy(const Cluster &cluster, bool yes);

/// Becomes psql, connected to a node.
[[noreturn]] void psql(const Cluster &cluster, const std::string &node, const std::vector<std::string> &arguments);

/// Prints the environment by which any client of PostgreSQL reaches a node, for eval in a shell.
void print_environment(const Cluster &cluster, const std::string &node);

} // namespace cedro
