// Where the rows of a relational expression are, and what may be done with them
// in every shard group by itself. Pure algebra: no PostgreSQL, tested alone.
//
// A relation R is evaluated in group g over the group's shards: R_g.
#pragma once
#include <cstdint>
#include <optional>

namespace cedro::planner {

enum class LocusKind : uint8_t {
    Const,      ///< no table: the same everywhere
    Everywhere, ///< only reference tables: R_g = R in every group
    Bound,      ///< part of a sub-query: for an outer row of group g, R = R_g
    Part,       ///< R is the disjoint union of R_g over the groups of a layout
    Single,     ///< all rows come from one group, and R = R_g there
    Local       ///< only the node that runs the statement has it
};

/// A set of columns of the statement, at most 64 of which can be keys. Columns
/// that do not fit are no keys: that loses push-down, never an answer.
using ColumnSet = uint64_t;

struct Locus {
    LocusKind kind = LocusKind::Const;
    int32_t layout = 0; ///< Part and Single: which tables are laid out alike (colocation id)
    int32_t group = -1; ///< Single: which of the groups; values below -1 name one that is known only at execution
    /// Columns whose value's hash names the group of the row, NULL included.
    ColumnSet strong = 0;
    /// Columns that are NULL or whose value's hash names the group (the nullable side of an outer join).
    ColumnSet weak = 0;
    /// Deterministic no more: evaluating it twice may give two answers (LIMIT over a reference table, random()).
    bool is_volatile = false;

    ColumnSet keys() const { return strong | weak; }
    bool is_same_everywhere() const {
        return (kind == LocusKind::Const || kind == LocusKind::Everywhere || kind == LocusKind::Bound);
    }
    bool operator==(const Locus &) const = default;
};

enum class JoinKind : uint8_t { Inner, Left, Full, Semi, Anti };

/// Columns that the join condition holds to be equal: each class is a set; a
/// class that holds a key of either side makes the join local to a group.
struct Classes {
    const ColumnSet *sets;
    int count;
};

/// The locus of the join (for Right: swap the sides), or nothing when groups
/// cannot be joined each by itself. `classes`: equalities of the condition
/// that every matching pair fulfils, closed under transitivity.
std::optional<Locus> join(JoinKind kind, const Locus &left, const Locus &right, const Classes &classes);

/// The locus after GROUP BY, DISTINCT or PARTITION BY over the columns, each compared by the
/// key's own equality; nothing when rows of one set may lie in several groups.
std::optional<Locus> grouped(const Locus &input, ColumnSet columns);

/// The locus of branches put together. UNION ALL; other set operations compare whole rows and
/// need a strong key in the same output column of both: `same_column`.
std::optional<Locus> united(const Locus &left, const Locus &right, bool is_union_all, bool same_column);

} // namespace cedro::planner
