// A locus with what the algebra leaves out: which tables, in whose name, and
// what restricts the groups.
#pragma once
#include "pg/arena.hpp"
#include "pg/planner.hpp"
#include "planner/locus.hpp"
#include "table/table.hpp"

namespace cedro::planner {

struct Place {
    Locus locus;
    List *tables = NIL;  ///< oids of shells, each once
    List *layouts = NIL; ///< for each colocation: the oid of one of its tables
    /// For each layout: a qual over Var(1, …), which means any key of the layout, or nullptr.
    List *pruning = NIL;
    Oid role = InvalidOid; ///< who reads the tables; InvalidOid: the client
    bool has_role = false; ///< there is a table
    bool has_code = false; ///< calls functions that are not built in: only the client's role may run them
};

/// What a query gives when every group computes it.
struct Verdict {
    bool is_pushable = false;
    /// Where its rows are; columns are output columns, numbered from 0.
    Place place = {};
};

/// A CTE that was analysed.
struct KnownCte {
    const CommonTableExpr *cte;
    Verdict verdict;
};

/// A recursive CTE under analysis, and where the rows it has so far are.
struct Recursion {
    const CommonTableExpr *cte;
    Place place;
};

/// What one analysis of a statement shares.
struct Run {
    /// Values that are known at execution only and name a group: group kNoGroup - 1 - index.
    pg::Vector<const Node *> values;
    pg::Vector<Recursion> recursions;
    pg::Vector<KnownCte> ctes;
    const char *reason = nullptr; ///< the first thing that could not be pushed
    bool is_write = false;        ///< groups are always restricted: a write may not be possible otherwise
    bool depends_on_role = false; ///< what was found holds for the current role only
};

/// Remembers why something cannot be pushed.
void refuse(Run &run, const char *reason);

/// The place of one shell without conditions. Nothing for kinds that have no shards here.
Place place_of(Run &run, const table::Table &table, int32 key_id, Oid role);

/// Joins two places; nothing when groups cannot do it each by itself.
std::optional<Place> join_places(Run &run, JoinKind kind, const Place &left, const Place &right, Classes classes);
std::optional<Place> join_lateral_places(Run &run, const Place &outer, const Place &inner);
std::optional<Place> unite_places(Run &run, const Place &left, const Place &right, bool is_union_all);

/// Adds what a sub-query of an expression reads to the place whose rows the expression is of.
/// False when the rows and the sub-query are not computed together in one group.
bool absorb(Run &run, Place &rows, const Place &inner);

/// Restricts the groups of the place's layout by a qual over Var(1, …), and pins it when one is left.
void restrict_groups(Run &run, Place &place, Node *qual);

/// The qual as it reads for one table of the layout: Var(1, its key).
Node *pruning_for(const table::Table &table, const Node *qual);

} // namespace cedro::planner
