#include "planner/pushed_statement.hpp"

#include "planner/whole.hpp"

namespace cedro::planner {

PlannedStmt *pushed_statement(const Query *query, Plan *plan, bool depends_on_role) {
    auto *statement = makeNode(PlannedStmt);
    statement->commandType = query->commandType;
    statement->queryId = query->queryId;
    statement->hasReturning = query->returningList != NIL;
    statement->canSetTag = query->canSetTag;
    statement->planTree = plan;
    statement->rtable = privilege_entries(query);
    statement->stmt_location = query->stmt_location;
    statement->stmt_len = query->stmt_len;
    extract_query_dependencies(reinterpret_cast<Node *>(const_cast<Query *>(query)), &statement->relationOids,
                               &statement->invalItems, &statement->dependsOnRole);
    statement->dependsOnRole = statement->dependsOnRole || depends_on_role;
    return statement;
}

} // namespace cedro::planner
