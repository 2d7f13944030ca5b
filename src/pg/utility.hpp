// Utility statements on their way through the hook.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "tcop/cmdtag.h"
#include "tcop/utility.h"
}

namespace cedro::pg {

/// One call of the utility hook.
struct Utility {
    PlannedStmt *statement;
    const char *query_string;
    bool is_tree_read_only;
    ProcessUtilityContext context;
    ParamListInfo parameters;
    QueryEnvironment *environment;
    DestReceiver *receiver;
    QueryCompletion *completion;
    ProcessUtility_hook_type next; ///< the hook that was there before ours, or nullptr

    Node *tree() const { return statement->utilityStmt; }
    bool is_top_level() const { return context == PROCESS_UTILITY_TOPLEVEL; }

    /// Lets PostgreSQL (and the hooks before ours) execute the statement.
    void run() const {
        if (next)
            next(statement, query_string, is_tree_read_only, context, parameters, environment, receiver, completion);
        else
            standard_ProcessUtility(statement, query_string, is_tree_read_only, context, parameters, environment,
                                    receiver, completion);
    }
};

/// Looks at a statement and either executes it (calling run() itself where
/// PostgreSQL shall do its part) and returns true, or leaves it alone.
using UtilityHandler = bool (*)(const Utility &);

} // namespace cedro::pg
