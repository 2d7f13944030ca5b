// What a distributed table is: its kind, key, shards and placements. One cached
// struct per shell table, rebuilt when pg_dist_* or the shell change.
#pragma once
#include "hash/shard_range.hpp"
#include "pg/arena.hpp"

namespace cedro::table {

enum class Kind : uint8 {
    Hash,      ///< sharded by the hash of a column
    Single,    ///< one shard on one node (distribution column NULL)
    Reference, ///< one shard with a placement on every node
    Local      ///< one shard on the coordinator, known to all nodes
};

struct Placement {
    int64 id;
    int64 shard;
    int32 group;
    bool is_active; ///< shardstate = 1
};

struct Shard {
    int64 id;
    hash::Range range; ///< the whole space for every kind but Hash
    std::span<const Placement> placements; ///< by placement group
};

/// Stays valid to the end of the transaction in which it was looked up, even
/// when the catalogs change meanwhile; look it up again to see the change.
struct Table {
    Oid relid;
    Kind kind;
    AttrNumber key;      ///< attribute number of the distribution column; 0 unless Hash
    Oid key_type;        ///< InvalidOid unless Hash
    Oid key_collation;
    Oid hash_function;   ///< key_hash_function() of the type
    int32 colocation;    ///< 0: shares its layout with nobody
    char replication_model; ///< 'c' statement, 's' streaming, 't' two-phase (reference)
    bool is_autoconverted;
    std::span<const Shard> shards;      ///< by range; the index is the ordinal of the shard group
    std::span<const hash::Range> ranges; ///< the same ranges alone, for searching

    bool is_hash() const { return kind == Kind::Hash; }
    bool is_reference() const { return kind == Kind::Reference; }
    int replication_factor() const; ///< placements of the first shard
};

/// The table, or nullptr when the relation is not distributed (or the
/// extension does not exist here). Cheap: one hash look-up.
const Table *find(Oid relid);

/// The table; raises 42809 when the relation is not distributed.
const Table &get(Oid relid);

inline bool is_shell(Oid relid) { return find(relid) != nullptr; }

/// The ordinal of the shard that owns a key value; NULL is owned by the shard of hash 0.
int ordinal_of(const Table &table, Datum key, bool is_null);

/// The hash of a key value as worker_hash() gives it.
int32 hash_of(const Table &table, Datum key, bool is_null);

/// All distributed tables, or those of one colocation group (not 0), by oid.
pg::Vector<Oid> all();
pg::Vector<Oid> colocated(int32 colocation);

/// The shell that owns a shard id, or InvalidOid; `ordinal` receives the shard's position.
Oid shell_of_shard(int64 shard, int *ordinal = nullptr);

/// The relation name of a shard: <name>_<id>, cut with a hash where that exceeds 63 bytes. palloc'ed.
/// Also names the indexes and constraints of shards.
const char *shard_name(const char *name, int64 shard);

/// This node's relation of a shard, or InvalidOid when there is none.
Oid shard_relid(const Table &table, int ordinal);

/// The shell whose shard this relation is (by its name and pg_dist_shard), or InvalidOid.
/// `shard` receives the id.
Oid shell_of_relation(Oid relid, int64 *shard = nullptr);

/// The placement of the shard on a group, or nullptr.
const Placement *placement_on(const Shard &shard, int32 group);

} // namespace cedro::table
