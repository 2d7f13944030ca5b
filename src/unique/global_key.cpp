#include "unique/global_key.hpp"

#include "catalog/relation.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"

namespace cedro::unique {

namespace {

// Columns of citus_internal.global_key.
enum Column : AttrNumber { kIndex = 1, kShell, kKeyTable };

constinit bool is_known = false;
constinit bool has_keys = false;
constinit bool is_watching = false;
constinit Oid catalog_relid = InvalidOid;

void forget(Datum, Oid relid) {
    if (relid == InvalidOid || relid == catalog_relid) is_known = false;
}

GlobalKey read(HeapTuple tuple, TupleDesc descriptor) {
    auto get = [&](AttrNumber attribute) { return DatumGetObjectId(catalog::column(tuple, descriptor, attribute)); };
    return {get(kIndex), get(kShell), get(kKeyTable)};
}

pg::Vector<GlobalKey> matching(Column column, Oid value, const char *index) {
    pg::Vector<GlobalKey> keys;
    if (!any_keys()) return keys;
    catalog::scan(catalog::Relation::GlobalKey, column, F_OIDEQ, ObjectIdGetDatum(value), index,
                  [&](HeapTuple tuple, TupleDesc descriptor) { keys.push(read(tuple, descriptor)); });
    std::sort(keys.begin(), keys.end(), [](const GlobalKey &a, const GlobalKey &b) { return a.index < b.index; });
    return keys;
}

std::optional<GlobalKey> only(const pg::Vector<GlobalKey> &keys) {
    if (keys.empty()) return std::nullopt;
    return keys[0];
}

} // namespace

bool any_keys() {
    if (!catalog::is_extension_ready()) return false;
    if (!is_watching) {
        CacheRegisterRelcacheCallback(forget, 0);
        is_watching = true;
    }
    if (!is_known) {
        catalog_relid = catalog::oid_of(catalog::Relation::GlobalKey);
        is_known = true;
        has_keys = false;
        catalog::scan(catalog::Relation::GlobalKey, 0, InvalidOid, 0, nullptr,
                      [](HeapTuple, TupleDesc) { has_keys = true; });
    }
    return has_keys;
}

pg::Vector<GlobalKey> keys_of(Oid shell) { return matching(kShell, shell, "global_key_relid_index"); }

std::optional<GlobalKey> key_of_index(Oid index) { return only(matching(kIndex, index, "global_key_pkey")); }

std::optional<GlobalKey> key_of_table(Oid key_table) {
    return only(matching(kKeyTable, key_table, "global_key_keyrelid_index"));
}

bool needs_global_key(const table::Table &table, Oid index) {
    if (!table.is_hash()) return false;
    HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
    if (!HeapTupleIsValid(tuple)) return false;
    auto *form = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple));
    bool needs = form->indisunique;
    for (int i = 0; i < form->indnkeyatts; i++)
        if (form->indkey.values[i] == table.key) needs = false;
    ReleaseSysCache(tuple);
    return needs;
}

pg::Vector<Oid> indexes_that_need_keys(const table::Table &table) {
    pg::Vector<Oid> result;
    pg::with_relation(table.relid, AccessShareLock, [&](Relation relation) {
        List *indexes = RelationGetIndexList(relation);
        for (int i = 0; i < list_length(indexes); i++)
            if (Oid index = list_nth_oid(indexes, i); needs_global_key(table, index)) result.push(index);
    });
    std::sort(result.begin(), result.end());
    return result;
}

} // namespace cedro::unique
