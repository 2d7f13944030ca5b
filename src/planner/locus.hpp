// Where the rows of a relational expression are, and what may be done with them
// in every shard group by itself. Pure algebra: no PostgreSQL, tested alone.
//
// A relation R is evaluated in group g over the shards of that group: R_g.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

namespace cedro::planner {

enum class LocusKind : uint8_t {
    Const,      ///< no table: the same everywhere
    Everywhere, ///< reference tables only: R_g = R in every group
    Bound,      ///< inside a sub-query, for an outer row of group g: R_g = R
    Part,       ///< R is the disjoint union of R_g over the groups of a layout
    Local       ///< only the node that runs the statement has it
};

/// Columns of one query level, numbered below 64. Columns beyond that are no
/// keys: push-down is lost, never an answer.
using ColumnSet = uint64_t;

struct Locus {
    LocusKind kind = LocusKind::Const;
    int32_t layout = 0; ///< Part: tables that are laid out alike (their colocation)
    /// Part: the only group whose rows matter, or kNoGroup. Groups that are known
    /// only at execution have numbers below kNoGroup.
    int32_t group = -1;
    /// Columns whose value's hash names the group of the row (NULL hashes to 0).
    ColumnSet strong = 0;
    /// Columns that are NULL or whose value's hash names the group: keys on the nullable side of an outer join.
    ColumnSet weak = 0;
    /// Two evaluations may differ: random(), LIMIT over a reference table.
    bool is_volatile = false;
    /// Pinned, and evaluated in another group it would give rows: an aggregate's
    /// one row, a reference table's rows. It must not run there.
    bool is_exclusive = false;

    ColumnSet keys() const { return strong | weak; }
    bool is_pinned() const;
    /// Part with rows in several groups.
    bool is_spread() const { return kind == LocusKind::Part && !is_pinned(); }
    bool operator==(const Locus &) const = default;
};

inline constexpr int32_t kNoGroup = -1;
inline bool Locus::is_pinned() const { return kind == LocusKind::Part && group != kNoGroup; }

enum class JoinKind : uint8_t { Inner, Left, Full, Semi, Anti };

/// Equalities that hold for every matching pair of rows: each set holds columns
/// that are equal (and so not NULL); the sets are disjoint.
using Classes = std::span<const ColumnSet>;

/// The locus of a join (for a right join swap the sides); nothing when the
/// groups cannot compute it each by itself.
std::optional<Locus> join(JoinKind kind, const Locus &left, const Locus &right, Classes classes);

/// The locus of rows of `outer` joined to what a LATERAL sub-select gives for each of them.
std::optional<Locus> join_lateral(const Locus &outer, const Locus &inner);

/// The locus after filters that make these columns equal.
Locus filtered(const Locus &input, Classes classes);

/// Whether rows that agree in the columns (each compared by the equality the
/// layout is hashed by) are all in one group: GROUP BY, DISTINCT, PARTITION BY.
bool keeps_together(const Locus &input, ColumnSet columns);

/// The locus of a UNION ALL, or of another set operation (which compares whole
/// rows). Columns are output columns here.
std::optional<Locus> united(const Locus &left, const Locus &right, bool is_union_all);

} // namespace cedro::planner
