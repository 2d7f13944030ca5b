#include "planner/original.hpp"

#include "pg/list.hpp"
#include "pg/text.hpp"
#include "table/table.hpp"

namespace cedro::planner {

namespace {

constexpr char kMark[] = "citus original:";

bool is_kept(const RangeTblEntry *entry) {
    return entry->rtekind == RTE_RESULT && entry->alias &&
           strncmp(entry->alias->aliasname, kMark, sizeof kMark - 1) == 0;
}

bool concerns_us(const Query *query) {
    if (query->commandType != CMD_UPDATE && query->commandType != CMD_DELETE && query->commandType != CMD_MERGE)
        return false;
    const RangeTblEntry *target = rt_fetch(query->resultRelation, query->rtable);
    return target->relkind == RELKIND_VIEW || table::is_shell(target->relid);
}

} // namespace

void keep_original(Query *query) {
    for (CommonTableExpr *cte : pg::ListOf<CommonTableExpr>(query->cteList))
        if (IsA(cte->ctequery, Query)) keep_original(reinterpret_cast<Query *>(cte->ctequery));
    if (!concerns_us(query)) return;
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_RESULT;
    entry->alias = makeAlias(psprintf("%s%s", kMark, nodeToString(query)), NIL);
    entry->eref = makeAlias("*RESULT*", NIL);
    query->rtable = lappend(query->rtable, entry);
}

Query *original(const Query *query) {
    for (const RangeTblEntry *entry : pg::ListOf<const RangeTblEntry>(query->rtable))
        if (is_kept(entry)) return castNode(Query, stringToNode(entry->alias->aliasname + sizeof kMark - 1));
    return nullptr;
}

} // namespace cedro::planner
