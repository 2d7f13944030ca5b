#include "executor/conflict_route.hpp"

#include "pg/catalog.hpp"
#include "pg/index.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "unique/settle.hpp"

namespace cedro::executor {

namespace {

pg::Vector<AttrNumber> columns_of(Oid index_oid) {
    return pg::with_relation(index_oid, AccessShareLock, [](Relation index) {
        pg::Vector<AttrNumber> columns;
        if (RelationGetIndexExpressions(index) != NIL || RelationGetIndexPredicate(index) != NIL) return columns;
        for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
            columns.push(index->rd_index->indkey.values[i]);
        return columns;
    });
}

bool is_target(const OnConflictExpr *conflict, const unique::GlobalKey &key, const pg::Vector<AttrNumber> &columns) {
    if (OidIsValid(conflict->constraint)) return get_constraint_index(conflict->constraint) == key.index;
    if (conflict->arbiterElems == NIL) return true;
    size_t matched = 0;
    for (const InferenceElem *element : pg::ListOf<const InferenceElem>(conflict->arbiterElems)) {
        if (!IsA(element->expr, Var)) return false;
        if (!columns.contains(reinterpret_cast<const Var *>(element->expr)->varattno)) return false;
        matched++;
    }
    return matched == columns.size();
}

bool are_nulls_distinct(Oid index) {
    return pg::with_relation(index, AccessShareLock,
                             [](Relation relation) { return !relation->rd_index->indnullsnotdistinct; });
}

} // namespace

pg::Vector<unique::GlobalKey> conflict_keys(const table::Table &table, const Query *conflict) {
    pg::Vector<unique::GlobalKey> keys;
    if (!conflict) return keys;
    for (const unique::GlobalKey &key : unique::keys_of(table.relid)) {
        const pg::Vector<AttrNumber> columns = columns_of(key.index);
        if (!columns.empty() && is_target(conflict->onConflict, key, columns)) keys.push(key);
    }
    return keys;
}

int conflict_ordinal(const table::Table &table, std::span<const unique::GlobalKey> keys, plan::ValueWriter &writer,
                     const Datum *values, const bool *nulls, int32 home) {
    for (const unique::GlobalKey &key : keys) {
        pg::Vector<const char *> texts;
        bool has_null = false;
        for (AttrNumber column : columns_of(key.index)) {
            has_null = has_null || nulls[column - 1];
            texts.push(nulls[column - 1] ? nullptr : plan::text_of(writer, column, values[column - 1]));
        }
        if (has_null && are_nulls_distinct(key.index)) continue;
        const int32 holder = unique::reserve(key, {home, texts});
        if (holder != home) return hash::ordinal_of(holder, table.ranges);
    }
    return hash::ordinal_of(home, table.ranges);
}

} // namespace cedro::executor
