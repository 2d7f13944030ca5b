#include "walkthrough.hpp"

#include <regex>
#include <sstream>

namespace cedro {
namespace {

constexpr const char *kScript =
#include "walkthrough.inc"
    ;

// Reads line by line: the script has comments in "--" form and no string that holds a semicolon or two dashes.
class Reader {
public:
    std::vector<Block> read(const std::string &script) {
        blocks_.push_back({0, "the extension", {}, {}});
        std::istringstream lines(script);
        for (std::string line; std::getline(lines, line);) take(line);
        return std::move(blocks_);
    }

private:
    void take(const std::string &line) {
        size_t dashes = line.find("--");
        std::string code = line.substr(0, dashes);
        if (dashes != std::string::npos)
            take_comment(line.substr(dashes + 2), dashes == 0);
        else
            in_expectation_ = false;
        if (statement_.empty() && code.find_first_not_of(' ') == std::string::npos) return;
        statement_ += (statement_.empty() ? "" : "\n") + code.substr(0, code.find_last_not_of(' ') + 1);
        if (!statement_.ends_with(";")) return;
        blocks_.back().statements.push_back(std::move(statement_));
        statement_.clear();
    }

    void take_comment(const std::string &comment, bool whole_line) {
        static const std::regex heading(R"( (\d+)\. (.*))"), expectation(R"(\s*expect:\s*(.*))"), more(R"(\s{3,}(.*))");
        std::smatch match;
        if (whole_line && std::regex_match(comment, match, heading)) {
            blocks_.push_back({std::stoi(match[1]), match[2], {}, {}});
        } else if (std::regex_match(comment, match, expectation)) {
            add_expectation(match[1]);
            in_expectation_ = true;
        } else if (in_expectation_ && whole_line && std::regex_match(comment, match, more)) {
            add_expectation(match[1]);
        }
    }

    void add_expectation(const std::string &text) {
        std::string &all = blocks_.back().expectation;
        all += (all.empty() ? "" : in_expectation_ ? " " : "; ") + text;
    }

    std::vector<Block> blocks_;
    std::string statement_;
    bool in_expectation_ = false;
};

} // namespace

std::vector<Block> blocks_of(const std::string &script) { return Reader().read(script); }

std::vector<Block> walkthrough() { return blocks_of(kScript); }

} // namespace cedro
