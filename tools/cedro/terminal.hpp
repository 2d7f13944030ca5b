// What the reader sees: steps with their time, aligned tables, colour on a terminal only.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace cedro::terminal {

std::string bold(std::string_view text);
std::string faint(std::string_view text);
std::string green(std::string_view text);
std::string yellow(std::string_view text);
std::string red(std::string_view text);

/// A line that says what is being done, and when it ends says how long it took.
class Step {
public:
    explicit Step(const std::string &what);
    ~Step();
    void done(const std::string &remark = {});
    Step(const Step &) = delete;
    Step &operator=(const Step &) = delete;

private:
    std::string what_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    bool open_ = true;
};

struct Table {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;
    std::vector<bool> right; // right-aligned columns; missing ones are left-aligned
};

/// Prints at most `limit` rows (0 = all) and says how many more there are.
void print(const Table &table, std::string_view indent = "", size_t limit = 0);

/// "1.4 s" or "23 ms".
std::string duration(std::chrono::steady_clock::duration span);

/// "1.2 MB"
std::string bytes(long long count);

/// Asks on the terminal; no terminal is a no.
bool confirmed(const std::string &question);

} // namespace cedro::terminal
