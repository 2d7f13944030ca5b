#include "terminal.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <iostream>
#include <unistd.h>

namespace cedro::terminal {
namespace {

bool colourful() {
    static const bool answer = isatty(1) && !std::getenv("NO_COLOR");
    return answer;
}

std::string painted(const char *code, std::string_view text) {
    return colourful() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

// Columns that a UTF-8 text takes on the screen, one a code point.
size_t width(std::string_view text) {
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string cell(const std::string &text, size_t columns, bool right, bool last) {
    std::string padding(columns - width(text), ' ');
    if (right) return padding + text;
    return last ? text : text + padding;
}

} // namespace

std::string bold(std::string_view text) { return painted("1", text); }
std::string faint(std::string_view text) { return painted("2", text); }
std::string green(std::string_view text) { return painted("32", text); }
std::string yellow(std::string_view text) { return painted("33", text); }
std::string red(std::string_view text) { return painted("31", text); }

Step::Step(const std::string &what) : what_(what) {
    if (!colourful()) return; // the line is printed whole when it ends
    fmt::print("  {} {} ...", yellow("·"), what_);
    std::fflush(stdout);
}

void Step::done(const std::string &remark) {
    open_ = false;
    auto took = duration(std::chrono::steady_clock::now() - start_);
    fmt::print("{}  {} {}{} {}\n", colourful() ? "\r\x1b[K" : "", green("✓"), what_,
               remark.empty() ? "" : ": " + remark, faint("(" + took + ")"));
    std::fflush(stdout);
}

Step::~Step() {
    if (open_) std::printf("%s  %s %s\n", colourful() ? "\r\x1b[K" : "", red("✗").c_str(), what_.c_str());
}

void print(const Table &table, std::string_view indent, size_t limit) {
    size_t shown = limit == 0 ? table.rows.size() : std::min(limit, table.rows.size());
    std::vector<size_t> widths;
    for (const std::string &title : table.header) widths.push_back(width(title));
    for (size_t row = 0; row < shown; ++row)
        for (size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], width(table.rows[row][i]));
    auto line = [&](const std::vector<std::string> &cells) {
        std::string text;
        for (size_t i = 0; i < widths.size(); ++i) {
            bool right = i < table.right.size() && table.right[i];
            text += (i ? "  " : "") + cell(cells[i], widths[i], right, i + 1 == widths.size());
        }
        text.erase(text.find_last_not_of(' ') + 1);
        return text;
    };
    fmt::print("{}{}\n", indent, bold(line(table.header)));
    for (size_t row = 0; row < shown; ++row) fmt::print("{}{}\n", indent, line(table.rows[row]));
    if (shown < table.rows.size())
        fmt::print("{}{}\n", indent, faint(fmt::format("… {} more", table.rows.size() - shown)));
}

std::string duration(std::chrono::steady_clock::duration span) {
    double seconds = std::chrono::duration<double>(span).count();
    return seconds < 1 ? fmt::format("{:.0f} ms", seconds * 1000) : fmt::format("{:.1f} s", seconds);
}

std::string bytes(long long count) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double value = static_cast<double>(count);
    size_t unit = 0;
    while (value >= 1024 && unit + 1 < std::size(units)) value /= 1024, ++unit;
    return fmt::format("{:.{}f} {}", value, unit == 0 ? 0 : 1, units[unit]);
}

bool confirmed(const std::string &question) {
    if (!isatty(0)) return false;
    fmt::print("{} [y/N] ", question);
    std::fflush(stdout);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

} // namespace cedro::terminal
