// Whether the cluster answered a statement as plain PostgreSQL did, and if not, in which way it differs.
#pragma once

#include "../oracle/answer.hpp"

#include <map>
#include <string>

namespace suite {

// "" when the answers are the same to a client that relies on no order it did not ask for; else the class of the
// difference.
std::string difference(const std::string &sql, oracle::Answer plain, oracle::Answer cluster);

// Differences that were looked at and found right: lines "file | beginning of the statement | reason".
class Reviewed {
public:
    explicit Reviewed(const std::string &path);
    std::string reason(const std::string &file, const std::string &sql) const; // "" when it is not listed

private:
    std::multimap<std::string, std::pair<std::string, std::string>> entries_;
};

} // namespace suite
