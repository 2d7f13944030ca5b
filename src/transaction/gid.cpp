#include "transaction/gid.hpp"

#include <charconv>
#include <cinttypes>
#include <cstdio>

namespace cedro::transaction {
namespace {

constexpr std::string_view kPrefix = "citus";

/// Takes "_<digits>" off the front of the text.
template <typename Number>
bool take(std::string_view &text, Number &value) {
    if (text.size() < 2 || text[0] != '_' || text[1] < '0' || text[1] > '9') return false;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), value);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    return true;
}

} // namespace

std::optional<Gid> parse_gid(std::string_view text) {
    if (!text.starts_with(kPrefix)) return std::nullopt;
    text.remove_prefix(kPrefix.size());
    Gid gid{};
    if (!take(text, gid.group) || !take(text, gid.pid) || !take(text, gid.number) || !take(text, gid.connection))
        return std::nullopt;
    if (!text.empty()) return std::nullopt;
    return gid;
}

void write_gid(const Gid &gid, char (&buffer)[kGidSize]) {
    snprintf(buffer, sizeof buffer, "citus_%" PRId32 "_%" PRId32 "_%" PRIu64 "_%" PRId32, gid.group, gid.pid,
             gid.number, gid.connection);
}

} // namespace cedro::transaction
