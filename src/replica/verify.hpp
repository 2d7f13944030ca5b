// citus_verify_placements: whether the copies of a table's shards are equal.
#pragma once
#include "pg/arena.hpp"

namespace cedro::replica {

/// What one copy of a shard holds.
struct CopyState {
    int64 shard;
    int32 group; ///< node group of the placement
    int64 rows;
    const char *checksum; ///< sum of the hashes of all rows: their order does not count
};

/// Compares the active copies of each shard and returns all copies of those shards whose copies differ. Reads without
/// a lock first; what seems to differ is compared again with writes to that shard group waiting until the end of the
/// transaction, as copies that are being written are read at different moments. Raises 42501 unless the current role
/// owns the table, 25001 in a transaction with one snapshot for all statements.
pg::Vector<CopyState> differing_copies(Oid relid);

} // namespace cedro::replica
