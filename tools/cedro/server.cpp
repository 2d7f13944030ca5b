#include "server.hpp"

#include "failure.hpp"
#include "install.hpp"
#include "process.hpp"

#include <deque>
#include <fmt/format.h>
#include <fstream>
#include <signal.h>

namespace cedro {
namespace {

namespace fs = std::filesystem;

Arguments pg_ctl(const Cluster &cluster, const Node &node, Arguments more) {
    Arguments arguments{(cluster.programs / "pg_ctl").string(), "-D", cluster.data(node).string(), "-s", "-w"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

std::string last_lines(const Path &path, size_t count) {
    std::ifstream file(path);
    std::deque<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(line);
        if (lines.size() > count) lines.pop_front();
    }
    std::string text;
    for (const std::string &line : lines) text += line + "\n";
    return text;
}

// Loopback needs no rule of its own: initdb made them, with scram-sha-256.
std::string rules_for_others() { return "host all all 0.0.0.0/0 scram-sha-256\nhost all all ::/0 scram-sha-256\n"; }

std::string settings_of(const Cluster &cluster, const Node &node) {
    return fmt::format("\n# {}, made by cedro\n"
                       "listen_addresses = '{}'\n"
                       "port = {}\n"
                       "unix_socket_directories = ''\n"
                       "shared_preload_libraries = 'citus'\n"
                       "max_prepared_transactions = 200\n"
                       "wal_level = logical\n"
                       "max_worker_processes = 20\n"
                       "log_line_prefix = '%m [%p] %q%u@%d %a '\n"
                       "cluster_name = '{}'\n",
                       node.name, cluster.listen, node.port, node.name);
}

} // namespace

void make_template(const Cluster &cluster) {
    std::string password = random_text(24);
    Path file = cluster.directory / "password.new";
    write_secret(file, password + "\n");
    Path data = cluster.directory / "template";
    run({(cluster.programs / "initdb").string(), "-D", data.string(), "-U", "postgres", "--auth=scram-sha-256",
         "--pwfile=" + file.string(), "--encoding=UTF8", "--locale=C.UTF-8", "-N"},
        "make a data directory with initdb");
    fs::remove(file);
    write_secret(cluster.passwords(), "*:*:*:postgres:" + password + "\n");
    write_secret(data / "citus.secret", random_text(48) + "\n");
    if (cluster.listen != "localhost") std::ofstream(data / "pg_hba.conf", std::ios::app) << rules_for_others();
}

void make_node(const Cluster &cluster, const Node &node) {
    fs::copy(cluster.directory / "template", cluster.data(node), fs::copy_options::recursive);
    std::ofstream file(cluster.data(node) / "postgresql.conf", std::ios::app);
    file << settings_of(cluster, node) << extension_settings(cluster);
}

void start(const Cluster &cluster, const std::vector<Node> &nodes) {
    std::vector<std::pair<Node, Process>> started;
    for (const Node &node : nodes)
        if (!is_running(cluster, node))
            started.emplace_back(node, pg_ctl(cluster, node, {"-l", cluster.log(node).string(), "start"}));
    std::string failed, reason;
    for (auto &[node, process] : started) {
        if (process.wait().status == 0) continue;
        failed += (failed.empty() ? "" : ", ") + node.name;
        reason +=
            fmt::format("The last lines of {}:\n{}", cluster.log(node).string(), last_lines(cluster.log(node), 6));
    }
    if (!failed.empty()) throw Failure("could not start " + failed, reason);
}

void stop(const Cluster &cluster, const std::vector<Node> &nodes, const std::string &mode) {
    std::vector<std::pair<Node, Process>> stopped;
    for (const Node &node : nodes)
        if (is_running(cluster, node)) stopped.emplace_back(node, pg_ctl(cluster, node, {"-m", mode, "stop"}));
    std::string failed, reason;
    for (auto &[node, process] : stopped) {
        Outcome outcome = process.wait();
        if (outcome.status == 0 || !is_running(cluster, node)) continue;
        failed += (failed.empty() ? "" : ", ") + node.name;
        reason += outcome.output;
    }
    if (!failed.empty()) throw Failure("could not stop " + failed, reason);
}

bool is_running(const Cluster &cluster, const Node &node) {
    std::ifstream file(cluster.data(node) / "postmaster.pid");
    long pid = 0;
    if (!(file >> pid) || pid <= 0) return false;
    return kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM;
}

} // namespace cedro
