#include "planner/surgery.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"

namespace cedro::planner {

namespace {

struct VarRewrite {
    pg::FunctionRef<Node *(const Var *, int)> replace;
    int depth;
};

Node *rewrite_vars(Node *node, void *argument) {
    if (node == nullptr) return nullptr;
    auto *rewrite = static_cast<VarRewrite *>(argument);
    if (IsA(node, Var))
        if (Node *other = rewrite->replace(reinterpret_cast<Var *>(node), rewrite->depth)) return other;
    if (!IsA(node, Query)) return expression_tree_mutator(node, pg::as_mutator(rewrite_vars), argument);
    rewrite->depth++;
    Query *query = query_tree_mutator(reinterpret_cast<Query *>(node), pg::as_mutator(rewrite_vars), argument, 0);
    rewrite->depth--;
    return reinterpret_cast<Node *>(query);
}

struct EntryVisit {
    pg::FunctionRef<void(Query *, int, RangeTblEntry *)> visit;
};

bool visit_entries(Node *node, void *argument) {
    if (node == nullptr) return false;
    if (!IsA(node, Query)) return expression_tree_walker(node, pg::as_walker(visit_entries), argument);
    auto *query = reinterpret_cast<Query *>(node);
    Relids indexes =
        query->jointree ? get_relids_in_jointree(reinterpret_cast<Node *>(query->jointree), false) : nullptr;
    if (query->resultRelation) indexes = bms_add_member(indexes, query->resultRelation);
    for (int index = -1; (index = bms_next_member(indexes, index)) >= 0;)
        static_cast<EntryVisit *>(argument)->visit(query, index, rt_fetch(index, query->rtable));
    return query_tree_walker(query, pg::as_walker(visit_entries), argument, 0);
}

} // namespace

Query *with_vars(const Query *query, pg::FunctionRef<Node *(const Var *, int)> replace) {
    VarRewrite rewrite{replace, 0};
    return query_tree_mutator(const_cast<Query *>(query), pg::as_mutator(rewrite_vars), &rewrite, 0);
}

Node *with_vars(const Node *expression, pg::FunctionRef<Node *(const Var *, int)> replace) {
    VarRewrite rewrite{replace, 0};
    return rewrite_vars(const_cast<Node *>(expression), &rewrite);
}

Var *redirected(const Var *var, int varno, AttrNumber attribute) {
    auto *copy = static_cast<Var *>(copyObjectImpl(var));
    copy->varno = varno;
    copy->varattno = attribute;
    copy->varnosyn = 0; // deparsing would believe it
    copy->varattnosyn = 0;
    return copy;
}

Query *fenced(const Query *query) {
    auto *copy = static_cast<Query *>(copyObjectImpl(query));
    if (!copy->limitOffset)
        copy->limitOffset = reinterpret_cast<Node *>(
            makeConst(INT8OID, -1, InvalidOid, sizeof(int64), Int64GetDatum(0), false, FLOAT8PASSBYVAL));
    return copy;
}

Query *select_from(RangeTblEntry *entry) {
    auto *query = makeNode(Query);
    query->commandType = CMD_SELECT;
    query->canSetTag = true;
    query->rtable = list_make1(entry);
    auto *reference = makeNode(RangeTblRef);
    reference->rtindex = 1;
    query->jointree = makeFromExpr(list_make1(reference), nullptr);
    return query;
}

RangeTblEntry *text_entry(const RangeTblEntry *entry) {
    auto *copy = static_cast<RangeTblEntry *>(copyObjectImpl(entry));
    copy->securityQuals = NIL;
    copy->security_barrier = false;
    copy->values_lists = entry->rtekind == RTE_VALUES ? copy->values_lists : NIL;
    copy->requiredPerms = 0;
    copy->inFromCl = true;
    return copy;
}

RangeTblEntry *privilege_entry(const RangeTblEntry *entry) {
    auto *copy = static_cast<RangeTblEntry *>(copyObjectImpl(entry));
    copy->securityQuals = NIL;
    copy->tablesample = nullptr;
    copy->inh = false;
    copy->inFromCl = false;
    return copy;
}

void for_each_entry(Query *query, pg::FunctionRef<void(Query *, int, RangeTblEntry *)> visit) {
    EntryVisit argument{visit};
    visit_entries(reinterpret_cast<Node *>(query), &argument);
}

} // namespace cedro::planner
