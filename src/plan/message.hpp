// The header of a task's text: what one node tells another about a statement.
// Both sides of the wire share this file.
#pragma once
#include "pg/arena.hpp"

namespace cedro::plan {

/// One shard group: all shards of this ordinal in a colocation group. Tables
/// that share their layout with nobody are named by their own colocation id.
struct Group {
    int32 colocation;
    int32 ordinal;
    bool operator==(const Group &) const = default;
};

/// The shard groups that one execution of a task reads or writes: at most one
/// per colocation. Reference tables need no entry. Empty: only reference (and
/// citus local) tables.
using GroupSet = std::span<const Group>;

/// The text with its header before it. The statement names shells only; the
/// groups come in the parameter $1 (int4[]: colocation, ordinal, colocation,
/// ordinal …), so that one prepared text serves all groups: `/*cedro1 g=$1*/ `.
const char *with_header(const char *sql);

/// The same with the groups in the header: `/*cedro1 g={3,7}*/ `. For
/// statements that take no parameters (COPY).
const char *with_groups(const char *sql, GroupSet groups, int32 snapshot = 0);

/// What a header says.
struct Header {
    bool is_parameter;        ///< the groups are in $1
    pg::Vector<Group> groups; ///< else these
};

/// Reads the header of a text; nothing when the text has none. It stands at the
/// beginning, or before the statement within DECLARE … CURSOR FOR and EXPLAIN.
/// Raises 08P01 when it is malformed.
std::optional<Header> header_of(const char *sql);

/// The value of $1 as int4[] text: "{3,7}". `snapshot`: the number of the snapshot that the receiver holds for the
/// statement (transaction/snapshot.hpp), or 0; it travels as an entry of its own.
const char *group_parameter(GroupSet groups, int32 snapshot = 0);

/// The number of the snapshot among the entries, or 0.
int32 snapshot_of(GroupSet groups);

/// Reads an int4[] datum back.
pg::Vector<Group> groups_of(Datum int4_array);

} // namespace cedro::plan
