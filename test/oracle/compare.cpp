// Runs the same statements on plain PostgreSQL and on the cluster and compares
// what a client sees: rows, SQLSTATE, command tag, and at the end the tables.
//
//   compare --plain CONNINFO --coordinator CONNINFO --via CONNINFO FILE...
//
// CREATE (but for temporary tables), ALTER, DROP and lines that begin with "-- cluster:" (only for the
// cluster) go to the coordinator, everything else to the node --via.
#include "answer.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

namespace {

using oracle::Answer, oracle::Connection, oracle::describe, oracle::run;

Connection connect(const std::string &conninfo) {
    Connection connection = oracle::connect(conninfo);
    run(connection.get(), "SET client_min_messages = error");
    return connection;
}

struct Statement {
    std::string text;
    int line;
    bool is_for_cluster_only;
};

bool starts_with_word(const std::string &text, std::initializer_list<const char *> words) {
    return std::any_of(words.begin(), words.end(), [&](const char *word) {
        const std::string beginning = text.substr(0, std::string(word).size());
        return std::equal(beginning.begin(), beginning.end(), word,
                          [](char a, char b) { return std::toupper(a) == b; }) &&
               beginning.size() == std::string(word).size();
    });
}

bool contains_word(std::string text, const std::string &words) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return std::tolower(c); });
    return text.find(words) != std::string::npos;
}

// Statements end with ";" at the end of a line; "--" begins a comment line.
std::vector<Statement> read(const std::string &path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error(fmt::format("{} cannot be read", path));
    constexpr const char *kClusterOnly = "-- cluster:";
    std::vector<Statement> statements;
    std::string line, text;
    for (int number = 1, start = 1; std::getline(file, line); number++) {
        if (line.rfind(kClusterOnly, 0) == 0) {
            statements.push_back({line.substr(std::string(kClusterOnly).size() + 1), number, true});
            continue;
        }
        if (line.empty() || line.rfind("--", 0) == 0) continue;
        if (text.empty()) start = number;
        text += text.empty() ? line : "\n" + line;
        if (line.back() != ';') continue;
        statements.push_back({text, start, false});
        text.clear();
    }
    return statements;
}

struct Comparison {
    Connection plain, coordinator, via;
    int compared = 0;
    int different = 0;

    PGconn *cluster_connection(const std::string &text) const {
        if (contains_word(text, " temp ")) return via.get();
        return starts_with_word(text, {"CREATE", "ALTER", "DROP", "COMMENT", "GRANT"}) ? coordinator.get() : via.get();
    }

    void compare(const Statement &statement) {
        if (statement.is_for_cluster_only) {
            const Answer answer = run(coordinator.get(), statement.text);
            if (!answer.sqlstate.empty()) report(statement, Answer{}, answer);
            return;
        }
        Answer expected = run(plain.get(), statement.text);
        Answer got = run(cluster_connection(statement.text), statement.text);
        if (!contains_word(statement.text, "order by")) {
            oracle::sort_rows(expected);
            oracle::sort_rows(got);
        }
        compared++;
        if (expected.sqlstate != got.sqlstate || expected.tag != got.tag || !oracle::same_rows(expected, got))
            report(statement, expected, got);
    }

    void report(const Statement &statement, const Answer &expected, const Answer &got) {
        different++;
        fmt::print("line {}: {}\n    plain PostgreSQL: {}\n    the cluster: {}\n", statement.line, statement.text,
                   describe(expected), describe(got));
    }

    void compare_tables() {
        const Answer tables = run(plain.get(), "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
                                               "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') "
                                               "AND schemaname NOT LIKE 'pg_temp%'");
        for (const auto &row : tables.rows) compare({fmt::format("SELECT * FROM {}", row[0]), 0, false});
    }
};

} // namespace

int main(int argc, char **argv) {
    std::string plain, coordinator, via;
    std::vector<std::string> files;
    CLI::App app("Compares plain PostgreSQL with the cluster, statement by statement");
    app.add_option("--plain", plain)->required();
    app.add_option("--coordinator", coordinator)->required();
    app.add_option("--via", via)->required();
    app.add_option("files", files)->required();
    CLI11_PARSE(app, argc, argv);
    try {
        Comparison comparison{connect(plain), connect(coordinator), connect(via)};
        for (const std::string &file : files)
            for (const Statement &statement : read(file)) comparison.compare(statement);
        comparison.compare_tables();
        fmt::print("{} statements compared, {} differ\n", comparison.compared, comparison.different);
        return comparison.different == 0 && comparison.compared > 0 ? 0 : 1;
    } catch (const std::exception &error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
