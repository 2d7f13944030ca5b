// Turns a fragment into tasks: which groups run, and which nodes can run each.
#pragma once
#include "pg/arena.hpp"
#include "plan/fragment.hpp"

namespace cedro::executor {

/// One execution of a fragment's text.
struct Task {
    plan::GroupSet groups;        ///< what worker::start and the parameter $1 take
    std::span<const int32> nodes; ///< ids of active primaries with an active placement of everything, preferred first
    int32 snapshot = 0;           ///< that the nodes hold for the statement (transaction::take_snapshots); 0: none
};

/// The tasks of a fragment whose Params were replaced by values (plan::with_values),
/// in order of the groups. Raises 55000 when a group has no active placement.
/// Preference: this node, then by group id; with locks_rows always by group id.
pg::Vector<Task> tasks_of(const plan::Fragment *fragment);

} // namespace cedro::executor
