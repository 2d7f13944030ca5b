// A local cluster on disk. Its directory holds
//   cedro.conf        what this program must remember: one "name = value" a line
//   pgpass            the superuser's password (mode 0600)
//   install/          the extension, copied from the build so that the servers' user can read it
//   template/         a data directory that never runs; every node begins as its copy
//   <node>/           a node's data directory
//   log/<node>.log    what its server says
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace cedro {

using Path = std::filesystem::path;

struct Node {
    std::string name; // "coordinator", "worker1", ...
    int port;
};

struct Cluster {
    Path directory;
    Path programs; // where initdb, pg_ctl and postgres are
    std::string listen = "localhost";
    std::vector<Node> nodes; // the coordinator first

    Path data(const Node &node) const { return directory / node.name; }
    Path log(const Node &node) const { return directory / "log" / (node.name + ".log"); }
    Path passwords() const { return directory / "pgpass"; }
    Path install() const { return directory / "install"; }
    const Node &coordinator() const { return nodes.front(); }

    /// The node of that name; fails with the names there are.
    const Node &node(const std::string &name) const;
    void save() const;
};

/// Where a cluster lies when --dir is not given.
Path default_directory();

/// True when the directory holds a cluster that this program made.
bool holds_cluster(const Path &directory);

/// Reads cedro.conf; fails when there is none.
Cluster load_cluster(const Path &directory);

} // namespace cedro
