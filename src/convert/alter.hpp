// Tables of the cluster are distributed in another way.
#pragma once
#include "pg/arena.hpp"

namespace cedro::convert {

/// What alter_distributed_table was asked for; nothing: as it is.
struct Alteration {
    Oid relid;
    const char *key = nullptr;
    std::optional<int> shard_count;
    const char *colocate_with = nullptr;
    std::optional<bool> cascades; ///< to all co-located tables
};

/// Brings the rows of the table to the coordinator and distributes it anew, in
/// the caller's transaction; with `cascades`, all tables of its co-location group.
void alter(const Alteration &alteration);

} // namespace cedro::convert
