// Names of prepared transactions: citus_<group>_<pid>_<transaction number>_<connection number>.
// Free of PostgreSQL.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cedro::transaction {

struct Gid {
    int32_t group; ///< of the node that began the transaction
    int32_t pid;   ///< of the backend there
    uint64_t number;
    int32_t connection;
    bool operator==(const Gid &) const = default;
};

/// The parts of a name; nothing when it is not one of ours.
std::optional<Gid> parse_gid(std::string_view text);

inline constexpr size_t kGidSize = 80;

/// Writes the name into the buffer, with a zero byte at its end.
void write_gid(const Gid &gid, char (&buffer)[kGidSize]);

} // namespace cedro::transaction
