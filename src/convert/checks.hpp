// Which tables can be given to the cluster, and by whom.
#pragma once
#include "pg/arena.hpp"
#include "table/table.hpp"

namespace cedro::convert {

/// Locks a table AccessExclusive and, first its parent and then in order of
/// oid, all of its partitions. Returns them in that order. Raises 42P01 when
/// the table was dropped meanwhile.
pg::Vector<Oid> lock_with_partitions(Oid relid);

/// Raises 42501 unless the current role owns the table (or is a superuser).
void require_owner(Oid relid);

/// Raises unless the relation is an ordinary or partitioned table that the
/// cluster can manage: no temporary, catalog, foreign or inherited table, no
/// triggers and no rules. Does not look at keys and foreign keys.
void require_manageable(Relation relation);

/// Raises 42P16 when a table is managed already as anything but a local table
/// that the cluster knows.
void require_not_distributed(Oid relid);

/// The distribution column that a name means. Raises when there is none such or
/// its type cannot be hashed the same way on all nodes.
AttrNumber require_key_column(Relation relation, const char *name);

/// Raises 0A000 for constraints and unique indexes that cannot be enforced when
/// the table is distributed by this column (0: a single shard, where all can).
void require_enforceable_keys(Relation relation, AttrNumber key);

} // namespace cedro::convert
