#include "plan/statement.hpp"

#include "catalog/relation.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "table/table.hpp"

namespace cedro::plan {

namespace {

constexpr char kEntryName[] = "citus statement";

bool is_write(const Query *query) {
    switch (query->commandType) {
    case CMD_UPDATE:
    case CMD_DELETE:
    case CMD_MERGE: return true;
    case CMD_INSERT: return query->onConflict && query->onConflict->action == ONCONFLICT_UPDATE;
    default: return false;
    }
}

bool may_reach_shell(const Query *query) {
    const RangeTblEntry *target = rt_fetch(query->resultRelation, query->rtable);
    return target->relkind == RELKIND_VIEW || table::is_shell(target->relid);
}

void keep(Query *query) {
    if (!is_write(query) || query->resultRelation == 0 || !may_reach_shell(query)) return;
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_RESULT;
    entry->alias = makeAlias(kEntryName, NIL);
    entry->eref = makeAlias(kEntryName, NIL);
    entry->functions = list_make1(copyObjectImpl(query));
    query->rtable = lappend(query->rtable, entry);
}

} // namespace

void keep_statements(Query *query) {
    if (!catalog::is_extension_ready()) return;
    // CTEs first, so that the outer copy holds theirs too.
    for (CommonTableExpr *cte : pg::ListOf<CommonTableExpr>(query->cteList))
        if (IsA(cte->ctequery, Query)) keep(reinterpret_cast<Query *>(cte->ctequery));
    keep(query);
}

Query *kept_statement(const Query *query) {
    for (RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(query->rtable))
        if (entry->rtekind == RTE_RESULT && entry->functions && strcmp(entry->eref->aliasname, kEntryName) == 0)
            return linitial_node(Query, entry->functions);
    return nullptr;
}

} // namespace cedro::plan
