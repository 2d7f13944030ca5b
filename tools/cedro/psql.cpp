#include "commands.hpp"
#include "owner.hpp"
#include "process.hpp"

#include <cstdlib>
#include <fmt/format.h>

namespace cedro {
namespace {

std::vector<std::pair<std::string, std::string>> environment_of(const Cluster &cluster, const std::string &name) {
    owner_of(cluster.directory); // nobody else can read the password
    const Node &node = name.empty() ? cluster.coordinator() : cluster.node(name);
    return {{"PGHOST", "localhost"},
            {"PGPORT", std::to_string(node.port)},
            {"PGUSER", "postgres"},
            {"PGDATABASE", "postgres"},
            {"PGPASSFILE", cluster.passwords().string()}};
}

} // namespace

void psql(const Cluster &cluster, const std::string &node, const std::vector<std::string> &arguments) {
    for (const auto &[name, value] : environment_of(cluster, node)) setenv(name.c_str(), value.c_str(), 1);
    Arguments command{(cluster.programs / "psql").string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    become(command);
}

void print_environment(const Cluster &cluster, const std::string &node) {
    for (const auto &[name, value] : environment_of(cluster, node)) fmt::print("export {}='{}'\n", name, value);
}

} // namespace cedro
