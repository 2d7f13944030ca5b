// Compares random statements on plain PostgreSQL and on the cluster: as it plans by itself, with every table read by
// itself (citus.force_pull), and with legal plans chosen by chance (citus.plan_seed, citus.exchange_seed).
//
//   random --plain CONNINFO --coordinator CONNINFO --via CONNINFO [--seed N] [--seconds N | --statements N]
//
// Prints its seed, and each statement whose rows or SQLSTATE differ. The same seed gives the same tables, in the same
// arrangement, and the same statements.
#include "../answer.hpp"
#include "grammar.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <vector>

using namespace random_statements;

namespace {

using oracle::Answer, oracle::Connection, oracle::connect;

// 0.0 and 0.00 are equal, so which of them comes of a set operation is up to the plan.
void trim_zeros(std::string &value) {
    const bool is_number = value.find_first_not_of("-0123456789.") == std::string::npos;
    if (!is_number || value.find('.') == std::string::npos) return;
    value.erase(value.find_last_not_of('0') + 1);
    if (value.back() == '.') value.pop_back();
}

Answer run(PGconn *connection, const std::string &text, bool is_ordered) {
    Answer answer = oracle::run(connection, text);
    for (std::vector<std::string> &row : answer.rows)
        for (std::string &value : row) trim_zeros(value);
    if (!is_ordered) oracle::sort_rows(answer);
    return answer;
}

bool are_same(const Answer &a, const Answer &b) { return a.sqlstate == b.sqlstate && oracle::same_rows(a, b); }

// Too slow, or too much for this machine: says nothing.
bool is_void(const Answer &answer) {
    return answer.sqlstate == "57014" || answer.sqlstate == "53200" || answer.sqlstate == "53100";
}

void must_run(PGconn *connection, const std::string &text) {
    const Answer answer = run(connection, text, true);
    if (!answer.sqlstate.empty()) throw std::runtime_error(fmt::format("{}\n{}", text, answer.message));
}

// Tables of the same shape, each distributed in another way.
class Arrangement {
public:
    explicit Arrangement(unsigned seed) : random_(seed) {}

    std::vector<Table> tables() const {
        std::vector<Table> result;
        for (int i = 0; i < kTables; i++)
            result.push_back({name(i),
                              {{"k", Type::Int, true},
                               {"a", Type::Int, true},
                               {"b", Type::Int},
                               {"t", Type::Text, true},
                               {"n", Type::Numeric},
                               {"d", Type::Date}}});
        return result;
    }

    void make(PGconn *plain, PGconn *cluster, PGconn *via) {
        for (int i = 0; i < kTables; i++) {
            const std::string parts = i == 3 ? " PARTITION BY RANGE (b)" : "";
            const std::string how = distribution(i);
            // A table that was never distributed is where it was made.
            PGconn *const maker = how.empty() ? via : cluster;
            // bigint and int keys meet.
            const std::string create = fmt::format("CREATE TABLE {} (k {}, a int, b int, t text, n numeric, d date){}",
                                                   name(i), i % 2 ? "int" : "bigint", parts);
            for (PGconn *each : {plain, maker}) {
                must_run(each, create);
                if (i != 3) continue;
                const std::string partition = fmt::format("CREATE TABLE {0}_{{}} PARTITION OF {0} ", name(i));
                must_run(each, fmt::format(fmt::runtime(partition), "low") + "FOR VALUES FROM (MINVALUE) TO (6)");
                must_run(each, fmt::format(fmt::runtime(partition), "high") + "FOR VALUES FROM (6) TO (MAXVALUE)");
                must_run(each, fmt::format(fmt::runtime(partition), "rest") + "DEFAULT");
            }
            if (!how.empty()) must_run(cluster, how);
            fmt::print("  {}\n", how.empty() ? name(i) + " stays local" : how);
            fill(i, plain, via);
        }
    }

private:
    static constexpr int kTables = 7;

    static std::string name(int i) { return fmt::format("r{}", i); }
    unsigned below(unsigned limit) { return std::uniform_int_distribution<unsigned>(0, limit - 1)(random_); }

    // The first four are distributed, the others are what chance makes them.
    std::string distribution(int i) {
        static const std::vector<std::string> keys = {"k", "k", "k", "a", "t"};
        const std::string key = keys[below(static_cast<unsigned>(keys.size()))];
        const unsigned kind = i < 4 ? 0 : below(10);
        if (kind == 6) return fmt::format("SELECT create_distributed_table('{}', NULL)", name(i));
        if (kind == 7) return "";
        if (kind >= 4 && i >= 4) return fmt::format("SELECT create_reference_table('{}')", name(i));
        if (i > 0 && i < 4 && below(2))
            return fmt::format("SELECT create_distributed_table('{}', 'k', colocate_with => '{}')", name(i), first_);
        const std::string column = i == 0 ? "k" : key;
        if (i == 0) first_ = name(0);
        return fmt::format("SELECT create_distributed_table('{}', '{}', shard_count => {}, colocate_with => 'none')",
                           name(i), column, 1 + below(6));
    }

    std::string value(unsigned null_chance, const std::string &text) {
        return below(100) < null_chance ? "NULL" : text;
    }

    void fill(int i, PGconn *plain, PGconn *via) {
        std::string values;
        const unsigned rows = below(12) == 0 ? 0 : 8 + below(20);
        for (unsigned row = 0; row < rows; row++)
            values += fmt::format("{}({}, {}, {}, {}, {}, {})", row ? ", " : "", value(12, std::to_string(below(12))),
                                  value(15, std::to_string(below(10))), value(10, std::to_string(below(14))),
                                  value(10, fmt::format("'t{}'", below(7))),
                                  value(10, fmt::format("{}.{}", below(10), below(4) * 25)),
                                  value(10, fmt::format("date '2024-01-{:02}'", 1 + below(9))));
        if (values.empty()) return;
        for (PGconn *each : {plain, via}) must_run(each, fmt::format("INSERT INTO {} VALUES {}", name(i), values));
    }

    std::mt19937 random_;
    std::string first_;
};

void report(const std::string &text, const std::string &mode, const Answer &expected, const Answer &got) {
    fmt::print("DIFFERENT {}:\n{};\n    plain PostgreSQL: {}    the cluster: {}\n", mode, text, describe(expected),
               describe(got));
    std::fflush(stdout);
}

struct Mode {
    std::string name;
    std::string settings;
};

} // namespace

int main(int argc, char **argv) {
    std::string plain_info, coordinator_info, via_info;
    unsigned seed = std::random_device()();
    int seconds = 20;
    int limit = 0;
    CLI::App app("Compares random statements on plain PostgreSQL and on the cluster");
    app.add_option("--plain", plain_info)->required();
    app.add_option("--coordinator", coordinator_info)->required();
    app.add_option("--via", via_info)->required();
    app.add_option("--seed", seed, "tables, arrangement and statements follow from it");
    app.add_option("--seconds", seconds, "how long");
    bool has_exchanges = false;
    app.add_flag("--exchanges", has_exchanges, "with rows that move between nodes too");
    app.add_option("--statements", limit, "how many, instead of how long");
    CLI11_PARSE(app, argc, argv);
    try {
        const Connection plain = connect(plain_info), coordinator = connect(coordinator_info), via = connect(via_info);
        fmt::print("seed {}\n", seed);
        Arrangement arrangement(seed);
        arrangement.make(plain.get(), coordinator.get(), via.get());
        Grammar grammar(seed, arrangement.tables());
        must_run(plain.get(), "SET statement_timeout = '1s'");
        must_run(via.get(), "SET statement_timeout = '5s'");
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
        int compared = 0, different = 0, left_out = 0, failing = 0;
        for (int number = 0; limit ? number < limit : std::chrono::steady_clock::now() < end; number++) {
            const Grammar::Statement statement = grammar.next();
            const Answer expected = run(plain.get(), statement.text, statement.is_ordered);
            if (is_void(expected)) {
                left_out++;
                continue;
            }
            if (!expected.sqlstate.empty()) failing++;
            if (expected.sqlstate == "42601" || expected.sqlstate == "42883" || expected.sqlstate == "42P01")
                throw std::runtime_error(fmt::format("{}\n{}", statement.text, expected.message));
            std::vector<Mode> modes = {{"as planned", ""},
                                       {"with tables read by themselves", "SET citus.force_pull = on"},
                                       {fmt::format("with citus.plan_seed = {}", number + 1),
                                        fmt::format("SET citus.plan_seed = {}", number + 1)}};
            if (has_exchanges) {
                const std::string moves =
                    fmt::format("SET citus.enable_repartition_joins = on; SET citus.exchange_seed = {}", number + 1);
                modes.push_back({fmt::format("with citus.exchange_seed = {}", number + 1), moves});
                modes.push_back({fmt::format("with citus.plan_seed and citus.exchange_seed = {}", number + 1),
                                 fmt::format("{}; SET citus.plan_seed = {}", moves, number + 1)});
            }
            for (const Mode &mode : modes) {
                if (!mode.settings.empty()) must_run(via.get(), mode.settings);
                const Answer got = run(via.get(), statement.text, statement.is_ordered);
                if (!mode.settings.empty())
                    must_run(via.get(), "RESET citus.force_pull; RESET citus.plan_seed; RESET citus.exchange_seed; "
                                        "RESET citus.enable_repartition_joins");
                if (is_void(got)) {
                    left_out++;
                    continue;
                }
                if (are_same(got, expected)) continue;
                different++;
                report(statement.text, mode.name, expected, got);
                if (got.sqlstate == "connection lost") throw std::runtime_error("a server crashed");
                break;
            }
            compared++;
        }
        fmt::print("seed {}: {} statements compared, {} fail everywhere, {} runs left out as too slow, {} differ\n",
                   seed, compared, failing, left_out, different);
        return different == 0 && compared > 0 ? 0 : 1;
    } catch (const std::exception &error) {
        fmt::print("seed {}\n", seed);
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
