// An UPDATE or DELETE that is decided row by row on the node that runs it: an
// ordinary plan finds and locks the rows and computes the new values, and the
// shards are told which row gets which.
#pragma once
#include "pg/executor.hpp"

namespace cedro::plan {

/// A node: it lives in custom_private of a cached plan. Positions are columns (from 1) of the child plan's rows.
struct RowChange {
    ExtensibleNode node;
    Oid relid; ///< the shell
    Oid role;  ///< in whose name (the owner of a view); InvalidOid: the current role at execution
    bool is_delete;
    bool returns_rows;
    bool changes_identity; ///< SET assigns a column that says which row is meant
    bool moves_rows;       ///< SET may assign the distribution column another value
    int key;               ///< position of the distribution column; 0 when the table has one shard
    List *identity; ///< int: columns that say which row is meant (the primary key, or ctid), at positions 1, 2, …
    List *columns;  ///< int: columns that SET assigns
    List *values;   ///< int: positions of their values
    List *row;      ///< int: with moves_rows, for each column of the shell the position of its new value; 0: none
    List *returned; ///< int: columns, system columns too, that RETURNING needs of the changed row
    List *checks;   ///< WithCheckOptions of views, over the scan's tuple
    List *carried;  ///< int: positions of what RETURNING needs of other tables; follow the returned ones in the scan's
                    ///< tuple
};

inline constexpr char kRowChangeNode[] = "citus row change";
inline constexpr char kRowChangeScan[] = "Citus Row Change";

RowChange *make_row_change();

/// Tells PostgreSQL how to copy and print it; called once from _PG_init.
void register_row_change();

} // namespace cedro::plan
