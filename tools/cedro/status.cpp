#include "commands.hpp"
#include "connection.hpp"
#include "failure.hpp"
#include "owner.hpp"
#include "server.hpp"
#include "terminal.hpp"

#include <fmt/format.h>
#include <map>
#include <optional>

namespace cedro {
namespace {

// What the metadata says of one node, by its port: all nodes of a local cluster are called localhost.
struct Registration {
    std::string state;
    std::string shards;
    std::string size;
};

struct View {
    std::map<std::string, Registration> nodes;
    std::string told_by; // the node whose metadata this is
    std::string trouble; // what could not be found out
};

bool exists(Connection &connection, const char *relation) {
    return connection.must(fmt::format("SELECT to_regclass('pg_catalog.{0}') IS NOT NULL", relation)).value() == "t";
}

// What placements there are, with their sizes where the view citus_shards is there and answers.
Answer ask_for_shards(Connection &connection, std::string &trouble) {
    connection.must("SET statement_timeout = '10s'");
    if (exists(connection, "citus_shards")) {
        Answer sizes = connection.ask(
            "SELECT nodeport, count(*), coalesce(sum(shard_size), 0) FROM pg_catalog.citus_shards GROUP BY 1");
        if (!sizes.failed()) return sizes;
        trouble = "the sizes of shards are not known: " + sizes.error;
    }
    return connection.must("SELECT n.nodeport, count(*), NULL FROM pg_catalog.pg_dist_placement p "
                           "JOIN pg_catalog.pg_dist_node n USING (groupid) WHERE n.noderole = 'primary' GROUP BY 1");
}

View read_metadata(const Cluster &cluster, const Node &node) {
    Connection connection(cluster, node);
    View view;
    view.told_by = node.name;
    if (!exists(connection, "pg_dist_node")) return view;
    for (const auto &row : connection
                               .must("SELECT nodeport, CASE WHEN isactive THEN 'active' ELSE 'inactive' END || "
                                     "CASE WHEN shouldhaveshards THEN '' ELSE ', takes no shards' END "
                                     "FROM pg_catalog.pg_dist_node")
                               .rows)
        view.nodes[row[0]] = {row[1], "0", ""};
    Answer shards = ask_for_shards(connection, view.trouble);
    for (const auto &row : shards.rows) {
        auto &entry = view.nodes[row[0]];
        entry.shards = row[1];
        if (!row[2].empty()) entry.size = terminal::bytes(std::atoll(row[2].c_str()));
    }
    return view;
}

// Any node that answers will do: all of them have the metadata.
View read_metadata(const Cluster &cluster) {
    for (const Node &node : cluster.nodes) {
        if (!is_running(cluster, node)) continue;
        try {
            return read_metadata(cluster, node);
        } catch (const Failure &) {
            continue;
        }
    }
    return {};
}

std::string size_of_databases(const Cluster &cluster, const Node &node) {
    try {
        auto total = Connection(cluster, node).must("SELECT sum(pg_database_size(oid)) FROM pg_database");
        return terminal::bytes(std::atoll(total.value().c_str()));
    } catch (const Failure &) {
        return "";
    }
}

} // namespace

void status(const Cluster &cluster) {
    owner_of(cluster.directory);
    View view = read_metadata(cluster);
    terminal::Table table{{"node", "port", "server", "in the cluster", "shards", "in shards", "on disk"},
                          {},
                          {false, true, false, false, true, true, true}};
    for (const Node &node : cluster.nodes) {
        bool runs = is_running(cluster, node);
        std::string disk = runs ? size_of_databases(cluster, node) : "";
        bool answers = !disk.empty();
        auto known = view.nodes.find(std::to_string(node.port));
        Registration entry = known == view.nodes.end() ? Registration{"not registered", "", ""} : known->second;
        if (view.told_by.empty()) entry.state = "unknown";
        table.rows.push_back({node.name, std::to_string(node.port),
                              answers ? "up"
                              : runs  ? "not answering"
                                      : "down",
                              entry.state, entry.shards, entry.size, disk});
    }
    terminal::print(table);
    if (!view.trouble.empty()) fmt::print("{}\n", terminal::yellow(view.trouble));
    fmt::print("{}\n", terminal::faint(fmt::format("in {}", cluster.directory.string())));
}

} // namespace cedro
