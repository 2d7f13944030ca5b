#include "planner/modify_checks.hpp"

#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/walk.hpp"
#include "plan/pruning.hpp"
#include "plan/statement.hpp"
#include "table/table.hpp"

namespace cedro::planner {

namespace {

const table::Table &target_of(const Query *query) {
    return table::get(rt_fetch(query->resultRelation, query->rtable)->relid);
}

bool is_column(const Node *node, int index, AttrNumber attribute) {
    if (!node || !IsA(node, Var)) return false;
    const auto *var = reinterpret_cast<const Var *>(node);
    return var->varno == index && var->varattno == attribute && var->varlevelsup == 0;
}

// What the condition says the target's key is equal to.
List *equal_to_key(const Query *query, const table::Table &table, Node *condition) {
    List *result = NIL;
    if (!condition) return NIL;
    if (IsA(condition, List) || is_andclause(condition)) {
        const List *parts =
            IsA(condition, List) ? reinterpret_cast<List *>(condition) : reinterpret_cast<BoolExpr *>(condition)->args;
        for (Node *part : pg::ListOf<Node>(parts)) result = list_concat(result, equal_to_key(query, table, part));
        return result;
    }
    if (!IsA(condition, OpExpr)) return NIL;
    const auto *comparison = reinterpret_cast<OpExpr *>(condition);
    if (list_length(comparison->args) != 2 || !plan::is_key_equality(table, comparison->opno, comparison->inputcollid))
        return NIL;
    auto *left = static_cast<Node *>(linitial(comparison->args));
    auto *right = static_cast<Node *>(lsecond(comparison->args));
    if (is_column(left, query->resultRelation, table.key)) result = lappend(result, right);
    if (is_column(right, query->resultRelation, table.key)) result = lappend(result, left);
    return result;
}

// A row that MERGE inserts belongs to the group that did not find its match.
bool inserts_where_it_looked(const Query *query, const table::Table &table, const MergeAction *action) {
    for (TargetEntry *entry : pg::ListOf<TargetEntry>(action->targetList)) {
        if (entry->resjunk || entry->resno != table.key) continue;
        if (list_member(equal_to_key(query, table, query->jointree->quals), entry->expr)) return true;
    }
    return false;
}

bool is_unsafe_after_rewriting(Node *node) {
    if (IsA(node, Param)) return reinterpret_cast<Param *>(node)->paramkind == PARAM_MULTIEXPR;
    if (IsA(node, RangeTblEntry)) {
        const auto *entry = reinterpret_cast<RangeTblEntry *>(node);
        return entry->securityQuals || OidIsValid(entry->checkAsUser);
    }
    return IsA(node, SubscriptingRef) || IsA(node, FieldStore) || IsA(node, CurrentOfExpr);
}

// Whether the relation, a table or a view on the way to it, has rules beside a view's own.
bool has_rules(Oid relid) {
    return pg::with_relation(relid, NoLock, [](Relation relation) {
        const RuleLock *rules = relation->rd_rules;
        for (int i = 0; rules && i < rules->numLocks; i++)
            if (rules->rules[i]->event != CMD_SELECT) return true;
        return false;
    });
}

} // namespace

const char *command_name(const Query *query) {
    switch (query->commandType) {
    case CMD_UPDATE: return "UPDATE";
    case CMD_DELETE: return "DELETE";
    case CMD_INSERT: return "INSERT";
    default: return "MERGE";
    }
}

bool assigns_other_key(const Query *query, const List *targets) {
    const table::Table &table = target_of(query);
    if (table.key == 0) return false;
    for (TargetEntry *entry : pg::ListOf<TargetEntry>(targets)) {
        if (entry->resjunk || entry->resno != table.key) continue;
        auto *value = reinterpret_cast<Node *>(entry->expr);
        if (is_column(value, query->resultRelation, table.key)) continue;
        if (!list_member(equal_to_key(query, table, query->jointree->quals), value)) return true;
    }
    return false;
}

bool may_move_rows(const Query *query) {
    return query->commandType == CMD_UPDATE && assigns_other_key(query, query->targetList);
}

bool may_leave_shard(const Query *merge) {
    const table::Table &table = target_of(merge);
    if (table.key == 0) return false;
    for (const MergeAction *action : pg::ListOf<const MergeAction>(merge->mergeActionList)) {
        if (action->commandType == CMD_INSERT && !inserts_where_it_looked(merge, table, action)) return true;
        if (action->commandType == CMD_UPDATE && assigns_other_key(merge, action->targetList)) return true;
    }
    return false;
}

const Query *statement_text(const Query *query) {
    const Query *kept = plan::kept_statement(query);
    if (kept) {
        const RangeTblEntry *target = rt_fetch(kept->resultRelation, kept->rtable);
        // A rule may have made several queries of one, each with the same copy.
        if (kept->commandType != query->commandType || has_rules(target->relid))
            ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                            errmsg("writing to a distributed table through rules is not supported"),
                            errhint("Write to table \"%s\" itself.", get_rel_name(target_of(query).relid))));
        return kept;
    }
    if (query->withCheckOptions || query->hasRowSecurity ||
        pg::any_node(reinterpret_cast<Node *>(const_cast<Query *>(query)), is_unsafe_after_rewriting,
                     QTW_EXAMINE_RTES_BEFORE))
        return nullptr;
    return query;
}

} // namespace cedro::planner
