#include "commands.hpp"
#include "connection.hpp"
#include "failure.hpp"
#include "install.hpp"
#include "owner.hpp"
#include "server.hpp"
#include "terminal.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

namespace cedro {
namespace {

namespace fs = std::filesystem;

constexpr int kFirstPort = 9700; // where the search for free ones begins

// Leaves an empty directory that belongs to the servers' user. Only here is anything done as root.
void make_directory(const Path &directory, const User &owner) {
    if (holds_cluster(directory))
        throw Failure(
            fmt::format("there is a cluster in {} already", directory.string()),
            "Start it with \"cedro start\", or remove it with \"cedro destroy\", or name another place with --dir.");
    if (fs::exists(directory) && !fs::is_empty(directory))
        throw Failure(fmt::format("{} is not empty", directory.string()), "Name another directory with --dir.");
    fs::create_directories(directory);
    if (getuid() == 0 && lchown(directory.c_str(), owner.uid, owner.gid) != 0)
        throw Failure(fmt::format("could not give {} to {}", directory.string(), owner.name));
    ActingAs acting(owner);
    // 0711: others may read the copied extension by its name, and nothing else.
    fs::permissions(directory, fs::perms(0711));
    if (access(directory.c_str(), W_OK | X_OK) != 0)
        throw Failure(fmt::format("{} cannot write in {}", owner.name, directory.string()),
                      "Name a directory with --dir that this user can reach.");
}

// The copy is made by the caller, who can read the checkout, for the owner, who perhaps cannot.
void hand_over_extension(const Cluster &cluster, const User &owner) {
    copy_extension(cluster);
    if (getuid() != 0 || !fs::exists(cluster.install())) return;
    for (const auto &entry : fs::recursive_directory_iterator(cluster.install()))
        if (lchown(entry.path().c_str(), owner.uid, owner.gid) != 0) throw Failure("could not hand over the extension");
    if (lchown(cluster.install().c_str(), owner.uid, owner.gid) != 0)
        throw Failure("could not hand over the extension");
}

std::string settings_text(const Up &wish) {
    std::string text;
    for (const std::string &setting : wish.settings) {
        size_t equals = setting.find('=');
        if (equals == std::string::npos || equals == 0)
            throw Failure(fmt::format("\"{}\" is not of the form name=value", setting));
        std::string value = setting.substr(equals + 1);
        for (size_t at = 0; (at = value.find('\'', at)) != std::string::npos; at += 2) value.insert(at, 1, '\'');
        text += fmt::format("{} = '{}'\n", setting.substr(0, equals), value);
    }
    return text;
}

void make_servers(const Cluster &cluster, const std::string &settings) {
    terminal::Step step("Making the data directories");
    fs::create_directory(cluster.directory / "log");
    make_template(cluster);
    std::ofstream(cluster.directory / "template" / "postgresql.conf", std::ios::app) << settings;
    for (const Node &node : cluster.nodes) make_node(cluster, node);
    step.done(fmt::format("{} of them in {}", cluster.nodes.size(), cluster.directory.string()));
}

void start_servers(const Cluster &cluster) {
    terminal::Step step("Starting the servers");
    start(cluster, cluster.nodes);
    std::string ports;
    for (const Node &node : cluster.nodes)
        ports += fmt::format("{}{} on port {}", ports.empty() ? "" : ", ", node.name, node.port);
    step.done(ports);
}

int next_worker_number(const Cluster &cluster) {
    int number = 0;
    for (const Node &node : cluster.nodes)
        if (node.name.starts_with("worker")) number = std::max(number, std::atoi(node.name.c_str() + 6));
    return number + 1;
}

} // namespace

Cluster up(const Up &wish) {
    if (wish.workers < 0) throw Failure("the number of workers cannot be negative");
    User owner = server_user();
    Cluster cluster;
    cluster.directory = fs::absolute(wish.directory).lexically_normal();
    cluster.programs = find_programs();
    // This program, and the nodes among themselves, come by loopback, whatever else is listened to.
    bool covers_loopback = wish.listen == "localhost" || wish.listen == "*" || wish.listen == "0.0.0.0";
    cluster.listen = covers_loopback ? wish.listen : "localhost," + wish.listen;
    std::string settings = settings_text(wish);
    FreePorts ports(wish.port ? wish.port : kFirstPort, static_cast<size_t>(wish.workers) + 1, wish.port != 0);
    cluster.nodes.push_back({"coordinator", ports[0]});
    for (int i = 1; i <= wish.workers; ++i)
        cluster.nodes.push_back({fmt::format("worker{}", i), ports[static_cast<size_t>(i)]});

    make_directory(cluster.directory, owner);
    hand_over_extension(cluster, owner);
    ActingAs acting(owner);
    cluster.save();
    make_servers(cluster, settings);
    start_servers(cluster);
    if (!wish.bare) register_nodes(cluster);
    return cluster;
}

void register_nodes(const Cluster &cluster) {
    terminal::Step step("Creating the extension and registering the nodes");
    for (const Node &node : cluster.nodes) Connection(cluster, node).must("CREATE EXTENSION IF NOT EXISTS citus");
    Connection coordinator(cluster, cluster.coordinator());
    for (const Node &node : cluster.nodes)
        coordinator.must(registration(node, node.name == cluster.coordinator().name));
    step.done();
}

std::string registration(const Node &node, bool coordinator) {
    return fmt::format("SELECT {}('localhost', {})", coordinator ? "citus_set_coordinator_host" : "citus_add_node",
                       node.port);
}

Node add_node(Cluster &cluster, bool bare) {
    ActingAs acting(owner_of(cluster.directory));
    FreePorts port(cluster.nodes.back().port + 1, 1, false);
    Node node{fmt::format("worker{}", next_worker_number(cluster)), port[0]};
    {
        terminal::Step step("Making and starting " + node.name);
        make_node(cluster, node);
        cluster.nodes.push_back(node);
        cluster.save();
        start(cluster, {node});
        step.done(fmt::format("port {}", node.port));
    }
    if (bare) return node;
    Connection coordinator(cluster, cluster.coordinator());
    if (coordinator.must("SELECT 1 FROM pg_extension WHERE extname = 'citus'").rows.empty()) return node;
    terminal::Step step("Registering " + node.name);
    Connection(cluster, node).must("CREATE EXTENSION IF NOT EXISTS citus");
    coordinator.must(registration(node, false));
    step.done();
    return node;
}

void start_nodes(const Cluster &cluster, const std::string &name) {
    User owner = owner_of(cluster.directory);
    bool all_down = std::none_of(cluster.nodes.begin(), cluster.nodes.end(),
                                 [&](const Node &node) { return is_running(cluster, node); });
    if (all_down) hand_over_extension(cluster, owner);
    ActingAs acting(owner);
    terminal::Step step("Starting " + (name.empty() ? "the servers" : name));
    start(cluster, name.empty() ? cluster.nodes : std::vector{cluster.node(name)});
    step.done();
}

void stop_nodes(const Cluster &cluster, const std::string &name, const std::string &mode) {
    ActingAs acting(owner_of(cluster.directory));
    terminal::Step step("Stopping " + (name.empty() ? "the servers" : name));
    stop(cluster, name.empty() ? cluster.nodes : std::vector{cluster.node(name)}, mode);
    step.done();
}

bool destroy(const Cluster &cluster, bool yes) {
    User owner = owner_of(cluster.directory);
    auto question = fmt::format("Remove the cluster in {} with all its data?", cluster.directory.string());
    if (!yes && !terminal::confirmed(question)) return false;
    terminal::Step step("Removing the cluster in " + cluster.directory.string());
    {
        ActingAs acting(owner);
        stop(cluster, cluster.nodes, "immediate");
    }
    for (const Node &node : cluster.nodes) fs::remove_all(cluster.data(node));
    for (const char *own : {"template", "install", "install.new", "log", "pgpass", "password.new", "cedro.conf"})
        fs::remove_all(cluster.directory / own);
    std::error_code not_empty; // what somebody else put there stays
    fs::remove(cluster.directory, not_empty);
    step.done();
    return true;
}

} // namespace cedro
