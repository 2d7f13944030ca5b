#include "planner/conflict.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "plan/statement.hpp"
#include "planner/pushable.hpp"
#include "table/table.hpp"

namespace cedro::planner {

namespace {

// The query whose clause can be deparsed: as the client wrote it. Behind a view
// that names columns of the view, and only the rewritten clause is left.
const Query *clause_source(const Query *query, Oid relid) {
    const Query *kept = plan::kept_statement(query);
    if (!kept) return query;
    return rt_fetch(kept->resultRelation, kept->rtable)->relid == relid ? kept : query;
}

bool is_unsafe_after_rewriting(Node *node) {
    if (IsA(node, Param)) return reinterpret_cast<Param *>(node)->paramkind == PARAM_MULTIEXPR;
    return IsA(node, SubscriptingRef) || IsA(node, FieldStore);
}

[[noreturn]] void refuse(const char *what, const char *hint) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("%s", what), errhint("%s", hint)));
}

void check_tables(Node *clause) {
    pg::any_node(
        clause,
        [](Node *node) {
            if (!IsA(node, RangeTblEntry)) return false;
            const auto *entry = reinterpret_cast<const RangeTblEntry *>(node);
            if (entry->rtekind == RTE_CTE)
                refuse("ON CONFLICT DO UPDATE cannot use a WITH query on a distributed table",
                       "Repeat the WITH query as a sub-query of the clause.");
            const table::Table *table = entry->rtekind == RTE_RELATION ? table::find(entry->relid) : nullptr;
            if (entry->rtekind == RTE_RELATION && entry->relid >= FirstNormalObjectId &&
                !(table && table->is_reference()))
                refuse("ON CONFLICT DO UPDATE on a distributed table cannot read tables other than reference tables",
                       "Compute the value in the rows that are inserted, and use EXCLUDED in the clause.");
            return false;
        },
        QTW_EXAMINE_RTES_BEFORE);
}

bool names_column(int index, AttrNumber column, const Node *node) {
    if (!node || !IsA(node, Var)) return false;
    const auto *var = reinterpret_cast<const Var *>(node);
    return var->varno == index && var->varattno == column;
}

bool arbiter_has(const Query *query, AttrNumber column) {
    for (InferenceElem *element : pg::ListOf<InferenceElem>(query->onConflict->arbiterElems))
        if (names_column(query->resultRelation, column, element->expr)) return true;
    return false;
}

// The row stays in its shard: the key may only be set to what it is.
void check_key(const Query *query, const table::Table &table) {
    if (table.key == 0) return;
    for (TargetEntry *entry : pg::ListOf<TargetEntry>(query->onConflict->onConflictSet)) {
        if (entry->resno != table.key) continue;
        auto *value = reinterpret_cast<Node *>(entry->expr);
        if (names_column(query->resultRelation, table.key, value)) continue;
        if (names_column(query->onConflict->exclRelIndex, table.key, value) && arbiter_has(query, table.key)) continue;
        ereport(ERROR,
                (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                 errmsg("modifying the distribution column \"%s\" of table \"%s\" in ON CONFLICT DO UPDATE is not "
                        "supported",
                        get_attname(table.relid, table.key, false), get_rel_name(table.relid)),
                 errhint("DELETE the row and INSERT it with the new value.")));
    }
}

// Entries that the clause does not use would lend their names to the text.
void forget_sources(Query *statement) {
    ListCell *cell;
    int index = 0;
    foreach (cell, statement->rtable) {
        index++;
        if (index == statement->resultRelation || index == statement->onConflict->exclRelIndex) continue;
        auto *entry = makeNode(RangeTblEntry);
        entry->rtekind = RTE_RESULT;
        entry->eref = makeAlias("*none*", NIL);
        lfirst(cell) = entry;
    }
}

} // namespace

Query *conflict_statement(const Query *query, Oid relid, List **values) {
    const Query *source = clause_source(query, relid);
    const OnConflictExpr *clause = source->onConflict;
    if (source == query && clause->action == ONCONFLICT_UPDATE &&
        pg::any_node(reinterpret_cast<Node *>(clause->onConflictSet), is_unsafe_after_rewriting))
        refuse("ON CONFLICT DO UPDATE through a view cannot assign several columns at once, array elements or fields",
               "Insert into the table itself.");
    check_tables(reinterpret_cast<Node *>(clause->onConflictSet));
    check_tables(clause->onConflictWhere);
    check_key(source, table::get(relid));

    auto *statement = static_cast<Query *>(copyObjectImpl(source));
    statement->cteList = NIL;
    statement->targetList = NIL;
    statement->returningList = NIL;
    statement->withCheckOptions = NIL;
    statement->jointree = makeFromExpr(NIL, nullptr);
    forget_sources(statement);
    const auto *tree = reinterpret_cast<Node *>(statement);
    if (!is_pushable(tree) || (is_volatile(tree) && table::get(relid).replication_factor() > 1))
        refuse("ON CONFLICT DO UPDATE on a distributed table cannot call functions that other nodes lack or that give "
               "something else on each of them",
               "Compute the value in the rows that are inserted, and use EXCLUDED in the clause.");
    return reinterpret_cast<Query *>(with_parameters(reinterpret_cast<Node *>(statement), values));
}

} // namespace cedro::planner
