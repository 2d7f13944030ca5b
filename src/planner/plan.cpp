#include "planner/plan.hpp"

#include "planner/row_marks.hpp"
#include "planner/surgery.hpp"
#include "planner/whole.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"
#include "worker/guard.hpp"

namespace cedro::planner {

namespace {

bool has_shells(Query *query) {
    bool found = false;
    for_each_entry(query, [&](Query *, int, RangeTblEntry *entry) {
        found = found || (entry->rtekind == RTE_RELATION && table::is_shell(entry->relid));
    });
    return found;
}

// A write that no rule took would change the empty shell.
void refuse_writes(Query *query) {
    for_each_entry(query, [](Query *each, int index, RangeTblEntry *entry) {
        if (index == each->resultRelation && table::is_shell(entry->relid))
            ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                            errmsg("this way of writing to distributed table \"%s\" is not supported",
                                   get_rel_name(entry->relid))));
    });
}

// The statement as one fragment, when nothing is left to do for this node.
PlannedStmt *plan_as_whole(const Query *query, int cursor_options) {
    if (query->commandType != CMD_SELECT) return nullptr;
    const Push push = push_whole(query);
    if (!push.fragment || (!push.fragment->is_single && query->sortClause)) return nullptr;
    return plan_whole(query, push, cursor_options);
}

} // namespace

bool is_storage_meant() { return transaction::is_applying() || worker::is_reading_shell() || InNoForceRLSOperation(); }

PlannedStmt *plan(Query *query, const char *query_string, int cursor_options, ParamListInfo parameters,
                  planner_hook_type next) {
    if (!is_storage_meant() && has_shells(query)) {
        refuse_writes(query);
        if (PlannedStmt *whole = plan_as_whole(query, cursor_options)) return whole;
        enclose_marked_tables(query);
    }
    return next ? next(query, query_string, cursor_options, parameters)
                : standard_planner(query, query_string, cursor_options, parameters);
}

} // namespace cedro::planner
