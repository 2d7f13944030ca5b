// replicate_table_shards: brings shards that have too few copies up to a number.
#pragma once
#include "pg/arena.hpp"

namespace cedro::replica {

struct Request {
    Oid relid;
    int factor;
    int max_copies;                  ///< so many at most are made
    std::span<const int64> excluded; ///< shards that are left alone, with those that lie with them
};

/// Coordinator only. Outside of a transaction block each copy commits by itself.
void replicate(const Request &request);

} // namespace cedro::replica
