// Tables that a statement locks, or reads beside one that it writes or locks.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// PostgreSQL finds rows of such tables again by their ctid, which a shell does
/// not have. As sub-selects they are found again by their contents; FOR UPDATE
/// and FOR SHARE go along into the sub-select. Changes the query in place.
void enclose_marked_tables(Query *query);

/// The same for one table that the query locks, by its place in the range table.
void enclose_table(Query *query, int index);

/// A table that the query locks and that has conditions of a view with a security
/// barrier (or policies): it becomes a sub-select with these conditions, behind the same barrier.
void enclose_barred_table(Query *query, int index);

} // namespace cedro::planner
