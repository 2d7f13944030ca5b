#include "worker/shard_list.hpp"

#include "catalog/relation.hpp"
#include "pg/catalog.hpp"
#include "table/table.hpp"

namespace cedro::worker {

namespace {

// Shard id to table for all of pg_dist_shard, read at once when it has changed.
struct Entry {
    int64 id; // hash key
    Oid shell;
};

constinit HTAB *shards = nullptr;
constinit bool is_current = false;
constinit bool is_watching = false;
constinit Oid catalog_relid = InvalidOid;

void forget(Datum, Oid relid) {
    if (relid == InvalidOid || relid == catalog_relid) is_current = false;
}

void read_shards() {
    if (is_current) return;
    if (!is_watching) {
        CacheRegisterRelcacheCallback(forget, 0);
        is_watching = true;
    }
    catalog_relid = catalog::oid_of(catalog::Relation::Shard);
    if (shards) hash_destroy(shards);
    HASHCTL control{};
    control.keysize = sizeof(int64);
    control.entrysize = sizeof(Entry);
    control.hcxt = CacheMemoryContext;
    shards = hash_create("citus shards", 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    // Set first: an invalidation that arrives while reading must win.
    is_current = true;
    catalog::scan(catalog::Relation::Shard, 0, InvalidOid, 0, nullptr, [](HeapTuple tuple, TupleDesc descriptor) {
        int64 id = DatumGetInt64(catalog::column(tuple, descriptor, 2));
        auto *entry = static_cast<Entry *>(hash_search(shards, &id, HASH_ENTER, nullptr));
        entry->shell = DatumGetObjectId(catalog::column(tuple, descriptor, 1));
    });
}

// The number at the end of <name>_<digits>, or 0.
int64 suffix_of(const char *name) {
    const char *separator = strrchr(name, '_');
    if (!separator) return 0;
    const size_t digits = strspn(separator + 1, "0123456789");
    if (digits == 0 || digits > 18 || separator[1 + digits] != '\0') return 0;
    return pg_strtoint64(separator + 1);
}

bool is_index(char kind) { return kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX; }

Oid table_of_index(Oid index) {
    HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
    if (!HeapTupleIsValid(tuple)) return InvalidOid;
    const Oid table = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple))->indrelid;
    ReleaseSysCache(tuple);
    return table;
}

} // namespace

bool is_shard(const ClassRow &row) {
    if (is_index(row.kind)) {
        const Oid table = table_of_index(row.relid);
        return OidIsValid(table) && is_shard(table);
    }
    if (row.kind != RELKIND_RELATION && row.kind != RELKIND_PARTITIONED_TABLE) return false;
    int64 id = suffix_of(row.name);
    if (id == 0 || !catalog::is_extension_ready()) return false;
    read_shards();
    const auto *entry = static_cast<const Entry *>(hash_search(shards, &id, HASH_FIND, nullptr));
    if (!entry || get_rel_namespace(entry->shell) != row.schema) return false;
    const char *shell = get_rel_name(entry->shell);
    return shell && strcmp(table::shard_name(shell, id), row.name) == 0;
}

bool is_shard(Oid relid) {
    if (relid < FirstNormalObjectId) return false;
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
    if (!HeapTupleIsValid(tuple)) return false;
    const auto *form = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
    const bool answer = is_shard({relid, NameStr(form->relname), form->relnamespace, form->relkind});
    ReleaseSysCache(tuple);
    return answer;
}

bool is_hidden(const ClassRow &row) {
    if (row.relid < FirstNormalObjectId) return false;
    if (strncmp(row.name, "key_", 4) == 0 && row.schema == get_namespace_oid("citus_internal", true)) return true;
    return is_shard(row);
}

} // namespace cedro::worker
