#include "verdict.hpp"

#include "tokens.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <stdexcept>

namespace suite {
namespace {

using oracle::Answer;

// The values of the columns that ORDER BY names follow each other in the same way: only ties may be ordered
// differently.
bool same_order_of_keys(const TopOrder &order, const Answer &a, const Answer &b) {
    if (!order.is_by_columns_only) return false;
    for (const std::string &name : order.columns) {
        size_t column = a.columns.size();
        if (std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); }))
            column = std::stoul(name) - 1;
        else
            column = static_cast<size_t>(std::find(a.columns.begin(), a.columns.end(), name) - a.columns.begin());
        if (column >= a.columns.size()) return false;
        for (size_t row = 0; row < a.rows.size(); row++)
            if (!oracle::same_value(a.rows[row][column], b.rows[row][column])) return false;
    }
    return true;
}

std::string different_errors(const Answer &plain, const Answer &cluster) {
    if (cluster.sqlstate == "connection lost") return "CRASH";
    if (cluster.sqlstate == "timeout") return "timeout";
    if (cluster.sqlstate == "25P02") return "follows an error in its transaction";
    const std::string message = generalised(cluster.message);
    if (plain.sqlstate.empty()) return fmt::format("refused {}: {}", cluster.sqlstate, message);
    if (cluster.sqlstate.empty())
        return fmt::format("accepted, PostgreSQL says {}: {}", plain.sqlstate, generalised(plain.message));
    return fmt::format("another error {} ({}) for {}", cluster.sqlstate, message, plain.sqlstate);
}

} // namespace

std::string difference(const std::string &sql, Answer plain, Answer cluster) {
    if (plain.sqlstate != cluster.sqlstate) return different_errors(plain, cluster);
    if (!plain.sqlstate.empty()) return {};
    if (plain.rows.size() != cluster.rows.size()) return "other number of rows";
    if (plain.tag != cluster.tag) return "other command tag";
    if (plain.columns != cluster.columns) return "other column names";
    if (oracle::same_rows(plain, cluster)) return {};
    const Answer plain_in_order = plain, cluster_in_order = cluster;
    oracle::sort_rows(plain);
    oracle::sort_rows(cluster);
    if (!oracle::same_rows(plain, cluster)) return "other values";
    const TopOrder order = top_order(sql);
    if (!order.exists || same_order_of_keys(order, plain_in_order, cluster_in_order)) return {};
    return "other order";
}

Reviewed::Reviewed(const std::string &path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        const size_t first = line.find(" | "), last = line.rfind(" | ");
        if (first == std::string::npos || first == last)
            throw std::runtime_error(path + ": \"" + line + "\" is no entry");
        entries_.emplace(line.substr(0, first),
                         std::pair(line.substr(first + 3, last - first - 3), line.substr(last + 3)));
    }
}

std::string Reviewed::reason(const std::string &file, const std::string &sql) const {
    const std::string statement = on_one_line(sql);
    const auto [begin, end] = entries_.equal_range(file);
    for (auto entry = begin; entry != end; ++entry)
        if (statement.compare(0, entry->second.first.size(), entry->second.first) == 0) return entry->second.second;
    return {};
}

} // namespace suite
