#include "planner/join_entries.hpp"

#include "pg/list.hpp"

namespace cedro::planner {

namespace {

// What a side of a join hands out.
struct Columns {
    List *names;   // String
    List *vars;    // of the tables below
    List *numbers; // int: of the side
};

Columns columns_of(Query *query, Node *node);

// Children come before their join in the range table.
void renew(Query *query, JoinExpr *join) {
    const Columns left = columns_of(query, join->larg);
    const Columns right = columns_of(query, join->rarg);
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_JOIN;
    entry->jointype = join->jointype;
    entry->joinaliasvars = list_concat_copy(left.vars, right.vars);
    entry->joinleftcols = left.numbers;
    entry->joinrightcols = right.numbers;
    entry->eref = makeAlias("unnamed_join", list_concat_copy(left.names, right.names));
    entry->inFromCl = true;
    query->rtable = lappend(query->rtable, entry);
    join->rtindex = list_length(query->rtable);
    join->isNatural = false;
    join->usingClause = NIL;
    join->alias = join->join_using_alias = nullptr;
}

Columns columns_of(Query *query, Node *node) {
    Columns result{NIL, NIL, NIL};
    if (IsA(node, JoinExpr)) {
        auto *join = reinterpret_cast<JoinExpr *>(node);
        renew(query, join);
        const RangeTblEntry *entry = rt_fetch(join->rtindex, query->rtable);
        result.names = list_copy(entry->eref->colnames);
        result.vars = list_copy(entry->joinaliasvars);
        for (int i = 1; i <= list_length(result.vars); i++) result.numbers = lappend_int(result.numbers, i);
        return result;
    }
    const int index = castNode(RangeTblRef, node)->rtindex;
    expandRTE(rt_fetch(index, query->rtable), index, 0, -1, false, &result.names, &result.vars);
    for (const Var *var : pg::ListOf<const Var>(result.vars))
        result.numbers = lappend_int(result.numbers, var->varattno);
    return result;
}

void renew_in(Query *query, Node *node) {
    if (IsA(node, JoinExpr)) {
        renew(query, reinterpret_cast<JoinExpr *>(node));
    } else if (IsA(node, FromExpr)) {
        for (Node *each : pg::ListOf<Node>(reinterpret_cast<FromExpr *>(node)->fromlist)) renew_in(query, each);
    }
}

} // namespace

void renew_join_entries(Query *query) {
    for (RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(query->rtable)) {
        if (entry->rtekind != RTE_JOIN) continue;
        entry->rtekind = RTE_RESULT;
        entry->joinaliasvars = entry->joinleftcols = entry->joinrightcols = NIL;
        entry->joinmergedcols = 0;
    }
    renew_in(query, reinterpret_cast<Node *>(query->jointree));
}

Node *inner_join(List *items, List *conditions) {
    auto *result = static_cast<Node *>(linitial(items));
    for (int i = 1; i < list_length(items); i++) {
        auto *join = makeNode(JoinExpr);
        join->jointype = JOIN_INNER;
        join->larg = result;
        join->rarg = static_cast<Node *>(list_nth(items, i));
        const bool is_last = i == list_length(items) - 1;
        join->quals = is_last && conditions ? reinterpret_cast<Node *>(make_ands_explicit(conditions))
                                            : makeBoolConst(true, false);
        result = reinterpret_cast<Node *>(join);
    }
    return result;
}

} // namespace cedro::planner
