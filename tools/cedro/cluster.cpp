#include "cluster.hpp"

#include "failure.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

namespace cedro {
namespace {

constexpr const char *kMarker = "cedro.conf";

void remember(Cluster &cluster, const std::string &name, const std::string &value) {
    if (name == "programs") cluster.programs = value;
    if (name == "listen") cluster.listen = value;
    if (name != "node") return;
    size_t space = value.find(' ');
    cluster.nodes.push_back({value.substr(0, space), std::atoi(value.c_str() + space)});
}

} // namespace

const Node &Cluster::node(const std::string &name) const {
    std::string names;
    for (const Node &each : nodes) {
        if (each.name == name) return each;
        names += (names.empty() ? "" : ", ") + each.name;
    }
    throw Failure(fmt::format("there is no node \"{}\"", name), fmt::format("The nodes are: {}.", names));
}

void Cluster::save() const {
    Path next = directory / "cedro.conf.new";
    std::ofstream file(next);
    file << "# A local cluster made by the program cedro, which reads this file and rewrites it.\n"
         << "programs = " << programs.string() << "\nlisten = " << listen << "\n";
    for (const Node &each : nodes) file << "node = " << each.name << " " << each.port << "\n";
    file.close();
    if (!file) throw Failure(fmt::format("could not write {}", next.string()), "Is the disk full?");
    std::filesystem::rename(next, directory / kMarker);
}

Path default_directory() {
    if (getuid() == 0) return "/var/tmp/cedro";
    if (const char *state = std::getenv("XDG_STATE_HOME"); state && *state) return Path(state) / "cedro";
    if (const char *home = std::getenv("HOME"); home && *home) return Path(home) / ".local/state/cedro";
    return Path(fmt::format("/var/tmp/cedro-{}", getuid()));
}

bool holds_cluster(const Path &directory) { return std::filesystem::exists(directory / kMarker); }

Cluster load_cluster(const Path &directory) {
    std::ifstream file(directory / kMarker);
    if (!file)
        throw Failure(fmt::format("there is no cluster in {}", directory.string()),
                      "Make one with \"cedro up\", or say with --dir where it is.");
    Cluster cluster;
    cluster.directory = directory;
    for (std::string line; std::getline(file, line);) {
        size_t equals = line.find(" = ");
        if (line.starts_with("#") || equals == std::string::npos) continue;
        remember(cluster, line.substr(0, equals), line.substr(equals + 3));
    }
    if (cluster.nodes.empty() || cluster.programs.empty())
        throw Failure(fmt::format("{} is damaged", (directory / kMarker).string()));
    return cluster;
}

} // namespace cedro
