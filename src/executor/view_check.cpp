#include "executor/view_check.hpp"

#include "pg/list.hpp"

namespace cedro::executor {

List *make_checks(const List *options, PlanState *node) {
    List *checks = NIL;
    for (WithCheckOption *option : pg::ListOf<WithCheckOption>(options))
        checks = lappend(checks, ExecInitQual(castNode(List, option->qual), node));
    return checks;
}

void check_view_options(const List *options, const List *checks, ExprContext *context) {
    for (int i = 0; i < list_length(checks); i++) {
        if (ExecQual(static_cast<ExprState *>(list_nth(checks, i)), context)) continue;
        const auto *option = list_nth_node(WithCheckOption, options, i);
        ereport(ERROR, (errcode(ERRCODE_WITH_CHECK_OPTION_VIOLATION),
                        errmsg("new row violates check option for view \"%s\"", option->relname)));
    }
}

} // namespace cedro::executor
