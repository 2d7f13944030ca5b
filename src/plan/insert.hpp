// An INSERT into a distributed table as the planner hands it to the executor:
// the rows come from an ordinary plan, this says what to do with them.
#pragma once
#include "pg/executor.hpp"

namespace cedro::plan {

/// A node: it lives in custom_private of a cached plan.
struct Insert {
    ExtensibleNode node;
    Oid relid; ///< the shell
    Oid role;  ///< in whose name (the owner of a view); InvalidOid: the current role at execution
    /// INSERT INTO shell DEFAULT VALUES ON CONFLICT …; nullptr when there is no such clause. Param n stands for the
    /// n-th expression of the scan's custom_exprs.
    Query *conflict;
    List *arbiters; ///< oid: the indexes of the shell that the clause means; NIL: all of them, or there is no clause
    List *columns;  ///< int: columns the statement itself names (what the role must be allowed to write)
    List *source;   ///< int: for each column of the shell, its position in the rows of the child plan
    List *returned; ///< int: columns, system columns too, that RETURNING and checks need; in order of the scan's tuple
    List *checks;   ///< WithCheckOptions of views; policies are judged by the nodes
    bool returns_rows;
    bool sets_tag;     ///< its rows count for the command tag
    bool reads_target; ///< the child plan reads the table: write only when it is done
};

inline constexpr char kInsertNode[] = "citus insert";
inline constexpr char kInsertScan[] = "Citus Insert";

Insert *make_insert();

/// Tells PostgreSQL how to copy and print it; called once from _PG_init.
void register_insert();

} // namespace cedro::plan
