// Aggregates computed in parts: what each group computes, and what is made of it.
#pragma once
#include "pg/arena.hpp"
#include "pg/planner.hpp"

namespace cedro::planner {

/// The parts of an aggregate that each group computes for its rows.
struct AggregateParts {
    const Aggref *first = nullptr;
    const Aggref *second = nullptr; ///< the count of an average
};

/// How to compute an aggregate in parts with exactly PostgreSQL's result (but
/// for the order in which floating-point numbers are added); nothing when there
/// is no such way. `is_distinct_by_group`: equal values of its DISTINCT argument
/// are all in one group.
std::optional<AggregateParts> parts_of(const Aggref *aggregate, bool is_distinct_by_group);

/// The aggregate's value, of columns that hold the parts of all groups.
Node *combined(const Aggref *aggregate, Node *first, Node *second);

} // namespace cedro::planner
