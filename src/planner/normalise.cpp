#include "planner/normalise.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"

namespace cedro::planner {

namespace {

template <typename T>
void flatten(Query *query, T *&tree) {
    if (tree) tree = reinterpret_cast<T *>(flatten_join_alias_vars(query, reinterpret_cast<Node *>(tree)));
}

bool has_joins(const Query *query) {
    for (const RangeTblEntry *entry : pg::ListOf<const RangeTblEntry>(query->rtable))
        if (entry->rtekind == RTE_JOIN) return true;
    return false;
}

void flatten_entry(Query *query, RangeTblEntry *entry) {
    if (entry->lateral) {
        flatten(query, entry->subquery);
        flatten(query, entry->functions);
        flatten(query, entry->tablefunc);
        if (entry->rtekind == RTE_VALUES) flatten(query, entry->values_lists);
    }
    flatten(query, entry->tablesample);
}

void flatten_level(Query *query) {
    if (!has_joins(query)) return;
    flatten(query, query->targetList);
    flatten(query, query->returningList);
    flatten(query, query->mergeActionList);
    flatten(query, query->jointree);
    flatten(query, query->havingQual);
    flatten(query, query->windowClause);
    flatten(query, query->limitOffset);
    flatten(query, query->limitCount);
    for (RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(query->rtable)) flatten_entry(query, entry);
}

bool normalise_step(Node *node, void *argument) {
    if (node == nullptr) return false;
    if (!IsA(node, Query)) return expression_tree_walker(node, pg::as_walker(normalise_step), argument);
    auto *query = reinterpret_cast<Query *>(node);
    // Copies what is inside, so inside comes after.
    flatten_level(query);
    return query_tree_walker(query, pg::as_walker(normalise_step), argument, QTW_IGNORE_JOINALIASES);
}

} // namespace

void normalise(Query *query) { normalise_step(reinterpret_cast<Node *>(query), nullptr); }

} // namespace cedro::planner
