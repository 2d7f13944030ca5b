// Where the shards of a table shall lie: decided before anything is changed.
#pragma once
#include "table/table.hpp"

namespace cedro::convert {

/// One shard to be made: its hash values and the groups that hold its placements.
struct Site {
    hash::Range range;
    std::span<const int32> groups;
};

/// The row of pg_dist_colocation that goes with a new group.
struct ColocationGroup {
    int shard_count;
    int replication_factor; ///< -1 for reference tables: as many as there are nodes
    Oid key_type;
    Oid key_collation;
};

struct Layout {
    table::Kind kind;
    const char *key;  ///< name of the distribution column; nullptr unless Hash
    int32 colocation; ///< 0 for Local
    std::optional<ColocationGroup> founds; ///< set when this table founds the group
    bool is_apart;         ///< founded with colocate_with => 'none': joined only by name
    bool is_autoconverted; ///< Local: because of a foreign key, not on demand
    std::span<const Site> sites; ///< by ordinal
    bool is_hidden = false; ///< the table behind a global key: its shards are numbered apart

    int replication_factor() const { return static_cast<int>(sites.front().groups.size()); }
};

/// What create_distributed_table was asked for.
struct Request {
    Oid relid;
    const char *key;           ///< nullptr: one shard for all rows
    const char *colocate_with; ///< "default", "none" or the name of a table
    std::optional<int> shard_count;
    std::optional<int> replication_factor;
};

/// The layout of a table distributed by hash, or of one with a single shard.
/// `key_column` is the attribute number of request.key (0 for nullptr).
/// Takes nothing but the sequence values for a new group.
Layout distributed_layout(const Request &request, AttrNumber key_column);

/// The layout of a new partition: that of the table it belongs to.
Layout partition_layout(const table::Table &parent);

/// The layout of a reference table: a placement on every node.
Layout reference_layout();

/// The layout of a table that stays on the coordinator, known to all nodes.
Layout local_layout(bool is_autoconverted);

/// The number of copies that a table shall have: what its option says, else
/// citus.shard_replication_factor.
int wanted_replication_factor(Oid relid);

/// Raises 22023, naming both figures, when there are fewer nodes than copies.
void require_nodes_for(int replication_factor);

/// The oid of a distributed table named in an argument; raises when there is none.
Oid table_named(const char *name);

} // namespace cedro::convert
