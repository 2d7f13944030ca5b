// Values that the planner left open, at execution.
#pragma once
#include "pg/executor.hpp"

namespace cedro::executor {

/// Evaluates expressions (ExprStates, as of custom_exprs) to a List of Const in
/// the current memory context: what plan::with_values takes.
List *constants_of(const List *expression_states, ExprContext *context);

} // namespace cedro::executor
