#include "worker/union.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "worker/task.hpp"

namespace cedro::worker {

namespace {

// Entries that name groups; others say something else about the task.
pg::Vector<plan::Group> named_groups(plan::GroupSet groups) {
    pg::Vector<plan::Group> named;
    for (const plan::Group &each : groups)
        if (each.colocation >= 0) named.push(each);
    return named;
}

bool are_several(std::span<const plan::Group> groups) {
    return groups.size() > 1 && groups[0].colocation == groups[1].colocation;
}

RangeTblEntry *entry_of(Query *query) {
    List *names = NIL;
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(query->targetList))
        if (!target->resjunk)
            names = lappend(names, makeString(pstrdup(target->resname ? target->resname : "?column?")));
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_SUBQUERY;
    entry->subquery = query;
    entry->alias = makeAlias("shard group", NIL);
    entry->eref = makeAlias("shard group", names);
    return entry;
}

Node *reference(int index) {
    auto *reference = makeNode(RangeTblRef);
    reference->rtindex = index;
    return reinterpret_cast<Node *>(reference);
}

Node *union_of(const Query *query, Node *left, Node *right) {
    auto *operation = makeNode(SetOperationStmt);
    operation->op = SETOP_UNION;
    operation->all = true;
    operation->larg = left;
    operation->rarg = right;
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(query->targetList)) {
        if (target->resjunk) continue;
        const auto *value = reinterpret_cast<const Node *>(target->expr);
        operation->colTypes = lappend_oid(operation->colTypes, exprType(value));
        operation->colTypmods = lappend_int(operation->colTypmods, exprTypmod(value));
        operation->colCollations = lappend_oid(operation->colCollations, exprCollation(value));
    }
    return reinterpret_cast<Node *>(operation);
}

// Any rows will do for a LIMIT without an order.
bool has_limit_for_all(const Query *query) {
    return query->limitCount && !query->limitOffset && !query->sortClause && query->limitOption == LIMIT_OPTION_COUNT;
}

Query *over_all(const Query *query) {
    auto *all = makeNode(Query);
    all->commandType = CMD_SELECT;
    all->querySource = query->querySource;
    all->queryId = query->queryId;
    all->canSetTag = query->canSetTag;
    all->stmt_location = query->stmt_location;
    all->stmt_len = query->stmt_len;
    all->hasRowSecurity = query->hasRowSecurity;
    all->jointree = makeFromExpr(NIL, nullptr);
    for (TargetEntry *target : pg::ListOf<TargetEntry>(query->targetList)) {
        if (target->resjunk) continue;
        Var *column = makeVarFromTargetEntry(1, target);
        all->targetList = lappend(
            all->targetList, makeTargetEntry(reinterpret_cast<Expr *>(column), target->resno, target->resname, false));
    }
    if (has_limit_for_all(query)) {
        all->limitCount = static_cast<Node *>(copyObjectImpl(query->limitCount));
        all->limitOption = query->limitOption;
    }
    return all;
}

} // namespace

Query *bind_all(Query *query, plan::GroupSet groups) {
    const pg::Vector<plan::Group> named = named_groups(groups);
    if (!are_several(named)) {
        bind(query, groups);
        return query;
    }
    if (query->commandType != CMD_SELECT || query->hasModifyingCTE || query->rowMarks != NIL)
        ereport(ERROR,
                (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("a task that writes or locks rows names several groups")));
    Query *all = over_all(query);
    for (const plan::Group &group : named) {
        auto *part = static_cast<Query *>(copyObjectImpl(query));
        part->canSetTag = false;
        bind(part, {&group, 1});
        all->rtable = lappend(all->rtable, entry_of(part));
        const int index = list_length(all->rtable);
        all->setOperations = index == 1 ? reference(1) : union_of(query, all->setOperations, reference(index));
    }
    return all;
}

} // namespace cedro::worker
