// cedro: a local cluster of PostgreSQL servers with the extension, made and looked after from the command line.
#include "commands.hpp"
#include "demo.hpp"
#include "failure.hpp"
#include "terminal.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

namespace {

using namespace cedro;

struct Wishes {
    Up up;
    std::string directory = default_directory().string();
    std::string node;
    std::string mode = "fast";
    bool bare = false;
    bool yes = false;
    DemoWish demo;
    int status = 0;
};

void say_what_now(const Cluster &cluster, const Wishes &wishes) {
    std::string where = wishes.directory == default_directory() ? "" : " --dir " + cluster.directory.string();
    fmt::print("\nThe cluster runs. Next:\n  cedro psql{0}      talk to it\n  cedro status{0}    see its nodes\n",
               where);
}

Cluster cluster_of(const Wishes &wishes) {
    return load_cluster(std::filesystem::absolute(wishes.directory).lexically_normal());
}

CLI::App *verb(CLI::App &app, Wishes &wishes, const std::string &name, const std::string &help) {
    CLI::App *command = app.add_subcommand(name, help);
    command->add_option("--dir", wishes.directory, "The cluster's directory")->capture_default_str();
    return command;
}

void declare_making(CLI::App &app, Wishes &wishes) {
    CLI::App *command = verb(app, wishes, "up", "Make a local cluster and start it");
    command->add_option("--workers", wishes.up.workers, "How many workers beside the coordinator")
        ->capture_default_str();
    command->add_option("--port", wishes.up.port, "The coordinator's port, the workers follow (default: free ones)");
    command->add_option("--listen", wishes.up.listen, "Addresses to listen on beside loopback, or *")
        ->capture_default_str();
    command->add_option("--set", wishes.up.settings, "A further setting, name=value, for every node");
    command->add_flag("--bare", wishes.bare, "Only servers: no extension, no registration");
    command->callback([&] {
        wishes.up.directory = wishes.directory;
        wishes.up.bare = wishes.bare;
        say_what_now(up(wishes.up), wishes);
    });
    command = verb(app, wishes, "add-node", "Add a worker to the cluster");
    command->add_flag("--bare", wishes.bare, "Only a server: do not register it");
    command->callback([&] {
        Cluster cluster = cluster_of(wishes);
        add_node(cluster, wishes.bare);
    });
    command = verb(app, wishes, "destroy", "Remove the cluster with all its data");
    command->add_flag("--yes", wishes.yes, "Do not ask");
    command->callback([&] {
        if (!destroy(cluster_of(wishes), wishes.yes))
            throw Failure("nothing was removed", "Answer y, or give --yes where there is no terminal to ask on.");
    });
}

void declare_running(CLI::App &app, Wishes &wishes) {
    CLI::App *command = verb(app, wishes, "start", "Start the servers that are down");
    command->add_option("node", wishes.node, "Only this node");
    command->callback([&] { start_nodes(cluster_of(wishes), wishes.node); });
    command = verb(app, wishes, "stop", "Stop the servers");
    command->add_option("node", wishes.node, "Only this node");
    command->add_option("--mode", wishes.mode, "As in pg_ctl: smart, fast or immediate")
        ->capture_default_str()
        ->check(CLI::IsMember({"smart", "fast", "immediate"}));
    command->callback([&] { stop_nodes(cluster_of(wishes), wishes.node, wishes.mode); });
}

void declare_looking(CLI::App &app, Wishes &wishes) {
    CLI::App *command = verb(app, wishes, "status", "Show the nodes and what they hold");
    command->callback([&] { status(cluster_of(wishes)); });
    CLI::App *shell = verb(app, wishes, "psql", "Open psql on the coordinator; what follows goes to psql");
    shell->add_option("--node", wishes.node, "Another node than the coordinator");
    shell->prefix_command();
    shell->callback([&wishes, shell] { psql(cluster_of(wishes), wishes.node, shell->remaining()); });
    command = verb(app, wishes, "env", "Print the environment for other clients: eval \"$(cedro env)\"");
    command->add_option("--node", wishes.node, "Another node than the coordinator");
    command->callback([&] { print_environment(cluster_of(wishes), wishes.node); });
}

void declare_demo(CLI::App &app, Wishes &wishes) {
    CLI::App *command = app.add_subcommand("demo", "Watch the walkthrough on a new cluster of three servers");
    command->add_option("--dir", wishes.demo.directory, "Where to make the cluster (default: a temporary directory)");
    command->add_flag("--keep", wishes.demo.keep, "Leave the cluster running");
    command->add_flag("--strict", wishes.demo.strict, "Fail when a statement does not run or a promise does not hold");
    command->callback([&] { wishes.status = demo(wishes.demo); });
}

void complain(const std::string &message, const std::string &hint) {
    fmt::print(stderr, "{}: {}\n", isatty(2) ? terminal::red("cedro") : "cedro", message);
    if (!hint.empty()) fmt::print(stderr, "{}{}", hint, hint.ends_with('\n') ? "" : "\n");
}

} // namespace

int main(int count, char **arguments) {
    CLI::App app{"A local cluster of PostgreSQL servers that act as one database.", "cedro"};
    app.require_subcommand(1);
    Wishes wishes;
    declare_making(app, wishes);
    declare_running(app, wishes);
    declare_looking(app, wishes);
    declare_demo(app, wishes);
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError &error) {
        return app.exit(error);
    } catch (const Failure &failure) {
        complain(failure.what(), failure.hint);
        return 1;
    } catch (const std::exception &error) {
        complain(error.what(), "");
        return 1;
    }
    return wishes.status;
}
