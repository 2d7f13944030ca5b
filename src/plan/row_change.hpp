// An UPDATE, DELETE or MERGE that is decided row by row on the node that runs it:
// an ordinary plan finds and locks the rows and computes the new values, and the
// shards are told which row gets which.
#pragma once
#include "pg/executor.hpp"

namespace cedro::plan {

/// What happens to a row. A node.
struct RowAction {
    ExtensibleNode node;
    CmdType command;
    bool moves_rows; ///< SET may assign the distribution column another value
    List *columns;   ///< int: columns that SET assigns
    List *values;    ///< int: positions of their values
    List *row;       ///< int: of INSERT and with moves_rows, for each column of the shell the position of its new
                     ///< value; 0: none
};

/// What it means when a row is to be changed a second time.
enum class Repeat : uint8 {
    Ignore,  ///< UPDATE and DELETE: the first time counts
    Merge,   ///< an error
    Conflict ///< an error of ON CONFLICT DO UPDATE
};

/// A node: it stands for the statement in the query that is planned, and lives in
/// custom_private of a cached plan. Positions are columns (from 1) of the child plan's rows.
struct RowChange {
    ExtensibleNode node;
    Oid relid; ///< the shell
    Oid role;  ///< in whose name (the owner of a view); InvalidOid: the current role at execution
    Repeat repeat;
    bool emits_rows;   ///< changed rows go on, the returned columns in their places
    bool sets_tag;     ///< its rows count for the command tag
    int key;           ///< position of the distribution column; 0 when the table has one shard
    int action;        ///< position of the action's number (from 1); 0: it is always the first
    List *place;       ///< int: columns that say which row is meant where it was read (the primary key, or tableoid and
                       ///< ctid), at positions 1, 2, …
    List *image;       ///< int: columns by which copies of the row are found, at the next positions; NIL: by place
    List *actions;     ///< of RowAction
    List *returned;    ///< int: columns, system columns too, that are needed of the changed row
    List *returned_at; ///< int: their positions
};

inline constexpr char kRowActionNode[] = "citus row action";
inline constexpr char kRowChangeNode[] = "citus row change";
inline constexpr char kRowChangeScan[] = "Citus Row Change";

RowAction *make_row_action(CmdType command);
RowChange *make_row_change();

/// The change that a sub-select in FROM stands for, or nullptr. The sub-select
/// gives the child plan's rows; what the query reads of it are the rows changed.
RowChange *row_change_of(const RangeTblEntry *entry);
void set_row_change(RangeTblEntry *entry, RowChange *change);

/// Tells PostgreSQL how to copy and print them; called once from _PG_init.
void register_row_change();

} // namespace cedro::plan
