// Which relations of this node are shards: asked for every row of pg_class that
// a client reads.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::worker {

/// What a row of pg_class says that matters here.
struct ClassRow {
    Oid relid;
    const char *name;
    Oid schema;
    char kind;
};

/// Whether it is a shard or an index of one.
bool is_shard(const ClassRow &row);
bool is_shard(Oid relid);

/// Whether clients shall not see it: shards, and the tables that keep keys over all shards.
bool is_hidden(const ClassRow &row);

} // namespace cedro::worker
