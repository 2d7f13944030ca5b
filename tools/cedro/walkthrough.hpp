// docs/walkthrough.sql, compiled in, as blocks of statements and of what must hold after them.
#pragma once
#include <string>
#include <vector>

namespace cedro {

struct Block {
    int number = 0; // 0 is what comes before the block "-- 1."
    std::string title;
    std::vector<std::string> statements; // verbatim, without the semicolon's trailing comment
    std::string expectation;             // the "expect" lines, joined
};

/// Cuts a script into blocks. A line "-- N. title" begins one.
std::vector<Block> blocks_of(const std::string &script);

/// The first user's walkthrough.
std::vector<Block> walkthrough();

} // namespace cedro
