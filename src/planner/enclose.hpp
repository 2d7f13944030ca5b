// Puts parts of a query into sub-selects that are read as fragments.
#pragma once
#include "plan/fragment.hpp"
#include "planner/place.hpp"

namespace cedro::planner {

/// Names of the query's columns (String).
List *names_of(const Query *query);

/// Adds to FROM's range table a sub-select that stands for a fragment, and what
/// the executor needs to judge the privileges of what it reads. Returns its index.
int add_fragment(Query *query, plan::Fragment *fragment);

/// Makes an entry of FROM that is a sub-select stand for a fragment of it.
void mark_fragment(Query *query, RangeTblEntry *entry, const Place &place);

/// What the outer query does again with the rows of the groups.
struct Again {
    bool distinct;
    bool limit;
};

/// Turns the query into SELECT … FROM (the query as it was), read as a fragment,
/// ordered as it was. The place's columns are output columns.
void enclose_whole(Query *query, const Place &place, Again again);

} // namespace cedro::planner
