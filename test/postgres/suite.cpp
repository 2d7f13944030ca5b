// Runs files of PostgreSQL's regression suite on plain PostgreSQL and on a cluster, statement by statement, and
// compares what a client sees of those that touch a distributed table.
//
//   suite --plain CONNINFO --cluster CONNINFO --source DIRECTORY --work DIRECTORY --reviewed FILE NAME...
//
// A name that begins with "+" is run for what it makes and not counted. Writes DIRECTORY/<name>.diff, and the
// differences of all files as tab-separated lines to DIRECTORY/differences.
#include "script.hpp"
#include "tokens.hpp"
#include "touched.hpp"
#include "verdict.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

namespace suite {
namespace {

using oracle::Answer;
namespace fs = std::filesystem;
constexpr int kLimitSeconds = 20;

// One of the two servers, with psql's variables of the session on it.
struct Side {
    std::string conninfo;
    oracle::Connection connection{nullptr, PQfinish};
    Variables variables;
    std::vector<std::string> warnings; // that the event trigger gave

    void connect() {
        // A server that crashed takes a while to come back.
        for (int attempt = 0;; attempt++) {
            try {
                connection = oracle::connect(conninfo);
                break;
            } catch (const std::exception &) {
                if (attempt == 60) throw;
                std::this_thread::sleep_for(std::chrono::seconds(1));
            }
        }
        PQsetNoticeReceiver(
            connection.get(),
            [](void *self, const PGresult *notice) {
                const char *state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
                if (state && std::string(state) == "SUITE")
                    static_cast<Side *>(self)->warnings.emplace_back(
                        PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY));
            },
            this);
    }

    bool standard_strings() const {
        const char *value = PQparameterStatus(connection.get(), "standard_conforming_strings");
        return !value || std::string(value) == "on";
    }
};

struct Count {
    int compared = 0, equal = 0, reviewed = 0;
};

std::string read_file(const std::string &path) {
    std::ifstream file(path);
    std::stringstream content;
    content << file.rdbuf();
    return content.str();
}

class Suite {
public:
    Suite(const std::string &plain, const std::string &cluster, fs::path source, fs::path work,
          const std::string &reviewed)
        : source_(std::move(source)), work_(std::move(work)), reviewed_(reviewed), differences_(work_ / "differences") {
        plain_.conninfo = plain;
        cluster_.conninfo = cluster;
    }

    Count run(const std::string &name);
    std::map<std::string, int> classes() const { return classes_; }
    std::map<std::string, int> warnings() const { return warnings_; }

private:
    void start_session();
    void statement(const Item &item);
    void run_both(const std::string &plain_text, const std::string &cluster_text, int line);
    void align(const Answer &plain, const Answer &cluster);
    void give_up_tables(const std::string &sql);
    void report(const std::string &sql, int line, const std::string &kind);
    void command(const Item &item);
    bool condition(const Item &item);
    void copy_command(const Item &item);
    void take_variables(const Item &item);
    void each_side(const std::function<void(Side &)> &action) {
        action(plain_);
        action(cluster_);
    }

    fs::path source_, work_;
    Reviewed reviewed_;
    std::ofstream differences_, diff_;
    Side plain_, cluster_;
    Answer plain_answer_, cluster_answer_;
    Touched touched_;
    std::string file_;
    std::optional<Script> script_;
    std::vector<std::pair<bool, bool>> conditions_; // of \if: holds now, held before
    Count count_;
    bool is_counted_ = true;
    std::map<std::string, int> classes_, warnings_;
};

void Suite::start_session() {
    const auto start = [&](Side &side, const char *name) {
        side.connect();
        side.variables = {{"DBNAME", PQdb(side.connection.get())},
                          {"USER", PQuser(side.connection.get())},
                          {"HOST", PQhost(side.connection.get())},
                          {"PORT", PQport(side.connection.get())},
                          {"ENCODING", "UTF8"},
                          {"builddir", (work_ / name).string()}};
    };
    start(plain_, "plain");
    start(cluster_, "cluster");
    touched_ = {};
}

Count Suite::run(const std::string &name) {
    is_counted_ = name[0] != '+';
    file_ = is_counted_ ? name : name.substr(1);
    count_ = {};
    conditions_.clear();
    diff_ = std::ofstream(work_ / (file_ + ".diff"));
    script_.emplace((source_ / "sql" / (file_ + ".sql")).string());
    start_session();
    for (Item item; script_->next(item, plain_.standard_strings());) {
        if (condition(item)) continue;
        if (!item.text.pieces.empty())
            statement(item);
        else if (!item.command.empty())
            command(item);
        if (item.command == "q" || item.command == "quit") break;
    }
    return count_;
}

// \if and its like. True: the item is one of them, or is skipped by them.
bool Suite::condition(const Item &item) {
    const auto holds = [&] {
        const auto words = split_arguments(item.arguments, plain_.variables);
        const std::string word = words.empty() ? "" : words[0];
        return word == "TRUE" || word == "true" || word == "t" || word == "1" || word == "on" || word == "yes";
    };
    const bool is_outer_on = std::all_of(conditions_.begin(), conditions_.end(), [](auto c) { return c.first; });
    if (item.command == "if") {
        const bool now = is_outer_on && holds();
        conditions_.emplace_back(now, now);
    } else if (item.command == "elif" && !conditions_.empty()) {
        auto &[now, before] = conditions_.back();
        now = !before && holds();
        before = before || now;
    } else if (item.command == "else" && !conditions_.empty()) {
        auto &[now, before] = conditions_.back();
        now = !before;
        before = true;
    } else if (item.command == "endif" && !conditions_.empty()) {
        conditions_.pop_back();
    } else {
        return !is_outer_on;
    }
    return true;
}

void Suite::statement(const Item &item) {
    if (item.command == "gdesc") return;
    run_both(item.text.with(plain_.variables), item.text.with(cluster_.variables), item.line);
    if (item.command == "gset") take_variables(item);
    if (item.command == "gexec") {
        const auto plain = plain_answer_.rows, cluster = cluster_answer_.rows;
        for (size_t row = 0; row < std::min(plain.size(), cluster.size()); row++)
            for (size_t column = 0; column < plain[row].size(); column++)
                run_both(plain[row][column], cluster[row][column], item.line);
    }
}

void Suite::take_variables(const Item &item) {
    const auto take = [&](Side &side, const Answer &answer) {
        if (answer.rows.size() != 1) return;
        const auto words = split_arguments(item.arguments, side.variables);
        for (size_t i = 0; i < answer.columns.size(); i++)
            side.variables[(words.empty() ? "" : words[0]) + answer.columns[i]] = answer.rows[0][i];
    };
    take(plain_, plain_answer_);
    take(cluster_, cluster_answer_);
}

void Suite::run_both(const std::string &plain_text, const std::string &cluster_text, int line) {
    std::optional<std::string> data;
    bool plain_asked = false;
    const auto read_data = [&] {
        if (!data) data = script_->copy_data();
        return *data;
    };
    // What opens or sets a transaction must find none that has read.
    const std::string word = first_word(cluster_text);
    if (word != "set" && word != "begin" && word != "start") touched_.refresh(cluster_.connection.get());
    const bool counts = touched_.counts(cluster_text);
    plain_answer_ = oracle::run(
        plain_.connection.get(), plain_text,
        [&] {
            plain_asked = true;
            return read_data();
        },
        kLimitSeconds);
    cluster_answer_ = oracle::run(
        cluster_.connection.get(), cluster_text, [&] { return plain_asked ? *data : ""; }, kLimitSeconds);
    if (!counts) {
        touched_.forget();
        if (plain_answer_.sqlstate.empty() && cluster_answer_.sqlstate == "0A000") give_up_tables(cluster_text);
    }
    const std::string kind = difference(cluster_text, plain_answer_, cluster_answer_);
    if (counts) {
        count_.compared++;
        if (kind.empty()) count_.equal++;
    }
    // Of the others only errors matter here: they explain what follows.
    if (!kind.empty() && (counts || plain_answer_.sqlstate != cluster_answer_.sqlstate))
        report(cluster_text, line, (counts ? "" : "(not counted) ") + kind);
    for (const std::string &warning : cluster_.warnings) {
        fmt::print(diff_, "line {}: {}\n", line, warning);
        warnings_[generalised(warning)]++;
    }
    cluster_.warnings.clear();
    align(plain_answer_, cluster_answer_);
}

// What cannot be defined for a distributed table is defined for a local one: what follows must find it.
void Suite::give_up_tables(const std::string &sql) {
    if (PQtransactionStatus(cluster_.connection.get()) != PQTRANS_IDLE) return;
    const std::string reason = generalised(cluster_answer_.message);
    for (const std::string &table : touched_.tables(sql)) {
        const Answer answer = oracle::run(cluster_.connection.get(),
                                          "SELECT undistribute_table(" + table + ", cascade_via_foreign_keys => true)");
        if (!answer.sqlstate.empty()) return;
        warnings_["made local: " + reason]++;
    }
    cluster_answer_ = oracle::run(cluster_.connection.get(), sql);
}

// A session that was lost begins anew; a transaction that failed on plain PostgreSQL only fails on the cluster too.
void Suite::align(const Answer &plain, const Answer &cluster) {
    if (cluster.sqlstate == "connection lost") cluster_.connect();
    if (plain.sqlstate == "connection lost") plain_.connect();
    if (PQtransactionStatus(plain_.connection.get()) == PQTRANS_INERROR &&
        PQtransactionStatus(cluster_.connection.get()) == PQTRANS_INTRANS)
        oracle::run(cluster_.connection.get(), "SELECT 1/0");
}

void Suite::report(const std::string &sql, int line, const std::string &kind) {
    const bool counts = kind[0] != '(';
    // An error is never what was reviewed.
    const bool is_of_rows = kind.compare(0, 6, "other ") == 0;
    const std::string reason = is_of_rows ? reviewed_.reason(file_, sql) : "";
    fmt::print(diff_, "line {}: {}{}\n{}\n    plain PostgreSQL: {}\n    the cluster: {}\n\n", line, kind,
               reason.empty() ? "" : " [reviewed: " + reason + "]", sql, oracle::describe(plain_answer_),
               oracle::describe(cluster_answer_));
    diff_.flush();
    fmt::print(differences_, "{}\t{}\t{}\t{}\t{}\n", file_, line, kind, reason, on_one_line(sql).substr(0, 150));
    differences_.flush();
    if (!counts || !is_counted_) return;
    if (reason.empty())
        classes_[kind]++;
    else
        count_.reviewed++;
}

void Suite::command(const Item &item) {
    if (item.command == "c" || item.command == "connect") {
        each_side([&](Side &side) {
            const auto words = split_arguments(item.arguments, side.variables);
            const std::string base = side.conninfo;
            if (words.size() > 0 && words[0] != "-") side.conninfo += " dbname='" + words[0] + "'";
            if (words.size() > 1 && words[1] != "-") side.conninfo += " user='" + words[1] + "'";
            try {
                side.connect();
            } catch (const std::exception &) {
                side.conninfo = base;
                side.connect();
            }
            side.conninfo = base;
        });
        touched_ = {};
    } else if (item.command == "copy") {
        copy_command(item);
    } else if (item.command == "set" || item.command == "getenv" || item.command == "unset") {
        each_side([&](Side &side) {
            const auto words = split_arguments(item.arguments, side.variables);
            if (words.empty()) return;
            if (item.command == "unset") side.variables.erase(words[0]);
            if (item.command == "set") {
                std::string value;
                for (size_t i = 1; i < words.size(); i++) value += words[i];
                side.variables[words[0]] = value;
            }
            if (item.command == "getenv" && words.size() > 1) {
                const char *value = std::getenv(words[1].c_str());
                side.variables[words[0]] = words[1] == "PG_ABS_BUILDDIR" ? side.variables["builddir"]
                                           : value                       ? value
                                                                         : "";
            }
        });
    }
}

// \copy ... FROM or TO a file, stdin or stdout, as the COPY that psql makes of it.
void Suite::copy_command(const Item &item) {
    std::string sql = "COPY" + item.arguments;
    std::string lower = sql;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    std::string data;
    const size_t quote = sql.find('\'');
    const size_t from = lower.find(" from "), to = lower.rfind(" to ");
    if (quote != std::string::npos && (from != std::string::npos || to != std::string::npos) &&
        lower.find(" stdin") == std::string::npos && lower.find(" stdout") == std::string::npos) {
        const size_t end = sql.find('\'', quote + 1);
        const std::string path = sql.substr(quote + 1, end - quote - 1);
        const bool reads = from != std::string::npos && from < quote;
        if (reads) data = read_file(path);
        sql = sql.substr(0, quote) + (reads ? "STDIN" : "STDOUT") + sql.substr(end + 1);
        if (reads) {
            const bool counts = touched_.counts(sql);
            const auto give = [&] { return data; };
            plain_answer_ = oracle::run(plain_.connection.get(), sql, give);
            cluster_answer_ = oracle::run(cluster_.connection.get(), sql, give);
            const std::string kind = difference(sql, plain_answer_, cluster_answer_);
            count_.compared += counts;
            count_.equal += counts && kind.empty();
            if (!kind.empty()) report(sql, item.line, kind);
            return;
        }
    }
    run_both(sql, sql, item.line);
}

std::string percent(const Count &count) {
    return count.compared ? fmt::format("{:.1f} %", 100.0 * count.equal / count.compared) : "-";
}

void print(const std::string &name, const Count &count, double seconds) {
    fmt::print("{:<28}{:>9}{:>9}{:>9}{:>10}{:>10}{:>8.1f} s\n", name, count.compared, count.equal, count.reviewed,
               count.compared - count.equal - count.reviewed, percent(count), seconds);
    std::fflush(stdout);
}

void print_most_frequent(const std::string &title, const std::map<std::string, int> &counts) {
    std::vector<std::pair<int, std::string>> sorted;
    for (const auto &[text, count] : counts) sorted.emplace_back(-count, text);
    std::sort(sorted.begin(), sorted.end());
    if (!sorted.empty()) fmt::print("\n{}\n", title);
    for (const auto &[count, text] : sorted) fmt::print("{:>6}  {}\n", -count, text);
}

} // namespace
} // namespace suite

int main(int argc, char **argv) {
    std::string plain, cluster, source, work, reviewed;
    std::vector<std::string> names;
    double wanted = 97;
    CLI::App app("Runs PostgreSQL's regression suite with its tables distributed");
    app.add_option("--plain", plain)->required();
    app.add_option("--cluster", cluster)->required();
    app.add_option("--source", source)->required();
    app.add_option("--work", work)->required();
    app.add_option("--reviewed", reviewed)->required();
    app.add_option("--wanted", wanted, "The share in percent that must be equal");
    app.add_option("names", names)->required();
    CLI11_PARSE(app, argc, argv);
    try {
        suite::Suite suite(plain, cluster, source, work, reviewed);
        suite::Count total;
        fmt::print("{:<28}{:>9}{:>9}{:>9}{:>10}{:>10}\n", "file", "compared", "equal", "reviewed", "differ", "share");
        for (const std::string &name : names) {
            const auto start = std::chrono::steady_clock::now();
            const suite::Count count = suite.run(name);
            if (name[0] == '+') continue;
            suite::print(name, count, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
            total.compared += count.compared;
            total.equal += count.equal;
            total.reviewed += count.reviewed;
        }
        suite::print("total", total, 0);
        suite::print_most_frequent("Differences not reviewed:", suite.classes());
        suite::print_most_frequent("What the event trigger could not distribute:", suite.warnings());
        return total.compared > 0 && 100.0 * total.equal >= wanted * total.compared ? 0 : 1;
    } catch (const std::exception &error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
