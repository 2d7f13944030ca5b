// The text of a task, and the values of its parameters: what changes from one
// execution to the next stays out of the text, so that nodes know it again.
#pragma once
#include "pg/executor.hpp"

namespace cedro::plan {

/// A text that a plan keeps for its next execution.
struct KeptText {
    const char *sql;    ///< nullptr: none yet; lives as long as the plan
    int interval_style; ///< under which it was written
};

struct TaskText {
    const char *sql; ///< over shells, without header
    List *values;    ///< of its $1, $2 …: Const nodes
};

/// The text of a query in which Param n stands for the n-th of `values` (Const nodes). Values of types that mean
/// something else on other nodes are written into it; the others stay parameters, and the text is kept in `kept`,
/// which is part of the chunk `owner`.
TaskText task_text(const Query *query, List *values, KeptText *kept, const void *owner);

/// True when values of this type mean the same on all nodes, with this collation, whatever their settings.
bool can_be_parameter(Oid type, Oid collation);

} // namespace cedro::plan
