#include "narrator.hpp"

#include "terminal.hpp"

#include <fmt/format.h>

namespace cedro {
namespace {

using namespace terminal;

constexpr size_t kRowsShown = 4;
constexpr size_t kValueShown = 40;

std::string shortened(const std::string &text, size_t limit) {
    return text.size() <= limit ? text : text.substr(0, limit - 1) + "…";
}

void show_statement(const std::string &statement, const std::string &prompt) {
    std::string margin = prompt + "=# ";
    fmt::print("\n");
    for (size_t from = 0; from <= statement.size();) {
        size_t end = std::min(statement.find('\n', from), statement.size());
        fmt::print("  {}{}\n", faint(margin), bold(statement.substr(from, end - from)));
        margin.assign(margin.size(), ' ');
        from = end + 1;
    }
}

// A function that returns nothing answers with one empty cell.
bool is_void(const Answer &answer) {
    return answer.rows.size() == 1 && answer.rows[0].size() == 1 && answer.rows[0][0].empty();
}

void show_rows(const Answer &answer) {
    if (answer.header.empty()) return;
    Table table{answer.header, {}, answer.numeric};
    for (const auto &row : answer.rows) {
        auto &cells = table.rows.emplace_back();
        for (const std::string &value : row) cells.push_back(shortened(value, kValueShown));
    }
    print(table, "    ", kRowsShown);
}

void show_notices(const std::vector<std::string> &notices) {
    for (size_t i = 0; i < notices.size() && i < kRowsShown; ++i)
        fmt::print("    {}\n", faint(shortened(notices[i], 140)));
    if (notices.size() > kRowsShown)
        fmt::print("    {}\n", faint(fmt::format("… {} more", notices.size() - kRowsShown)));
}

} // namespace

void Narrator::heading(const std::string &title) {
    fmt::print("\n{} {}\n", green("●"), bold(title));
    std::fflush(stdout);
}

void Narrator::say(const std::string &text) {
    fmt::print("   {}\n", text);
    std::fflush(stdout);
}

Answer Narrator::run(Connection &connection, const std::string &statement, const std::string &prompt) {
    show_statement(statement, prompt);
    std::fflush(stdout);
    auto start = std::chrono::steady_clock::now();
    Answer answer = connection.ask(statement);
    auto took = faint("(" + duration(std::chrono::steady_clock::now() - start) + ")");
    show_notices(connection.notices());
    if (answer.failed()) {
        fmt::print("    {} {}\n", red("ERROR: " + answer.error), took);
    } else if (is_void(answer)) {
        fmt::print("    {} {}\n", faint("done"), took);
    } else {
        show_rows(answer);
        fmt::print("    {} {}\n", faint(answer.tag), took);
    }
    std::fflush(stdout);
    return answer;
}

void Narrator::verdict(bool holds, const std::string &claim, const std::string &evidence) {
    fmt::print("    {} {}{}\n", holds ? green("✓") : red("✗"), claim,
               evidence.empty() ? "" : faint(": " + shortened(evidence, 160)));
    std::fflush(stdout);
}

} // namespace cedro
