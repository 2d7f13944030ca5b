#include "extension/hooks.hpp"

#include "pg/utility.hpp"

namespace cedro::extension {

namespace {

constinit ProcessUtility_hook_type next_utility = nullptr;

// Utility statements: the first handler that takes a statement executes it.
// Order: what other nodes tell this one, then transactions, COPY and TRUNCATE, then DDL.
constexpr pg::UtilityHandler kUtilityHandlers[] = {
    [](const pg::Utility &) { return false; },
};

extern "C" void execute_utility(PlannedStmt *statement, const char *query_string, bool is_tree_read_only,
                                ProcessUtilityContext context, ParamListInfo parameters,
                                QueryEnvironment *environment, DestReceiver *receiver, QueryCompletion *completion) {
    const pg::Utility utility{statement,   query_string, is_tree_read_only, context, parameters,
                              environment, receiver,     completion,        next_utility};
    for (pg::UtilityHandler handler : kUtilityHandlers)
        if (handler(utility)) return;
    utility.run();
}

} // namespace

void install_hooks() {
    next_utility = ProcessUtility_hook;
    ProcessUtility_hook = execute_utility;
}

} // namespace cedro::extension
