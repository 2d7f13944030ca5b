// Puts together the transition states of an aggregate that tasks computed in part.
#pragma once
#include "pg/executor.hpp"

namespace cedro::executor {

/// The transition function of citus_internal.combined: adds state number 4 of the
/// arguments (bytes, as worker/partial.hpp makes them) to the state in the first one.
/// Raises 42501 for calls that the planner did not make: states are trusted.
Datum combine_state(FunctionCallInfo call);

/// The final function: the result of the aggregate that the call names.
Datum finish_state(FunctionCallInfo call);

} // namespace cedro::executor
