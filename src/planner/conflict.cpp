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

// What the clause reads that its shard may lack.
const char *unreachable(Node *clause) {
    const char *reason = nullptr;
    pg::any_node(
        clause,
        [&](Node *node) {
            if (!IsA(node, RangeTblEntry)) return false;
            const auto *entry = reinterpret_cast<const RangeTblEntry *>(node);
            if (entry->rtekind == RTE_CTE) reason = "ON CONFLICT reads a WITH query";
            const table::Table *table = entry->rtekind == RTE_RELATION ? table::find(entry->relid) : nullptr;
            if (entry->rtekind == RTE_RELATION && entry->relid >= FirstNormalObjectId &&
                !(table && table->is_reference()))
                reason = "ON CONFLICT reads other tables";
            return reason != nullptr;
        },
        QTW_EXAMINE_RTES_BEFORE);
    return reason;
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

// Whether the key may be set to something else than it is, so that the row leaves its shard.
bool sets_key(const Query *query, const table::Table &table) {
    if (table.key == 0) return false;
    for (TargetEntry *entry : pg::ListOf<TargetEntry>(query->onConflict->onConflictSet)) {
        if (entry->resjunk || entry->resno != table.key) continue;
        auto *value = reinterpret_cast<Node *>(entry->expr);
        if (names_column(query->resultRelation, table.key, value)) continue;
        if (names_column(query->onConflict->exclRelIndex, table.key, value) && arbiter_has(query, table.key)) continue;
        return true;
    }
    return false;
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

// The INSERT with nothing but its clause.
Query *clause_alone(const Query *source) {
    auto *statement = static_cast<Query *>(copyObjectImpl(source));
    statement->cteList = NIL;
    statement->targetList = NIL;
    statement->returningList = NIL;
    statement->withCheckOptions = NIL;
    statement->jointree = makeFromExpr(NIL, nullptr);
    forget_sources(statement);
    return statement;
}

} // namespace

const char *no_conflict_text(const Query *query, Oid relid) {
    const Query *source = clause_source(query, relid);
    const OnConflictExpr *clause = source->onConflict;
    if (source == query && clause->action == ONCONFLICT_UPDATE &&
        pg::any_node(reinterpret_cast<Node *>(clause->onConflictSet), is_unsafe_after_rewriting))
        return "ON CONFLICT assigns several columns at once, array elements or fields through a view";
    if (const char *reason = unreachable(reinterpret_cast<Node *>(clause->onConflictSet))) return reason;
    if (const char *reason = unreachable(clause->onConflictWhere)) return reason;
    if (sets_key(source, table::get(relid))) return "ON CONFLICT sets the distribution column";
    const auto *tree = reinterpret_cast<Node *>(clause_alone(source));
    if (!is_pushable(tree)) return "ON CONFLICT calls functions that other nodes lack";
    if (is_volatile(tree) && table::get(relid).replication_factor() > 1)
        return "ON CONFLICT calls volatile functions, and rows have several copies";
    return nullptr;
}

Query *conflict_statement(const Query *query, Oid relid, List **values) {
    const auto *tree = reinterpret_cast<Node *>(clause_alone(clause_source(query, relid)));
    return reinterpret_cast<Query *>(with_parameters(tree, values));
}

} // namespace cedro::planner
