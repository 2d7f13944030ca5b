// WITH CHECK OPTION of the views through which rows are written.
#pragma once
#include "pg/executor.hpp"

namespace cedro::executor {

/// Prepares the checks (a List of WithCheckOption with implicitly ANDed quals) of a plan node.
List *make_checks(const List *options, PlanState *node);

/// Raises 44000 when the row in the context's scan tuple does not fulfil them.
void check_view_options(const List *options, const List *checks, ExprContext *context);

} // namespace cedro::executor
