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

/// Whether groups can compute the aggregate's transition state, to be combined
/// here: any aggregate with a combine function whose state can travel.
bool has_state(const Aggref *aggregate);

/// The state as a task computes it (bytea). All aggregates of a query level are
/// computed so, or none.
Node *state_of(const Aggref *aggregate);

/// The aggregate's value, of a column that holds the states of all groups.
Node *combined_states(const Aggref *aggregate, Node *column);

} // namespace cedro::planner
