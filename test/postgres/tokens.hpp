// SQL text as words and signs.
#pragma once

#include <string>
#include <vector>

namespace suite {

// Names in lower case unless quoted, without their quotes; each other sign by itself; strings and comments left out.
std::vector<std::string> tokens(const std::string &sql);

// One line, single spaces.
std::string on_one_line(const std::string &text);

// A message without what differs from object to object: names in quotes, numbers.
std::string generalised(const std::string &message);

// The first word of a statement, in lower case.
std::string first_word(const std::string &sql);

// The names of the output columns that the ORDER BY at the top of the statement names (numbers: positions from 1).
struct TopOrder {
    bool exists = false;
    bool is_by_columns_only = true;
    std::vector<std::string> columns;
};
TopOrder top_order(const std::string &sql);

} // namespace suite
