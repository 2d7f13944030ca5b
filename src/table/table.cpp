#include "table/table.hpp"

#include "catalog/relation.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"
#include "table/key_type.hpp"

namespace cedro::table {

namespace {

struct Entry {
    Oid relid; // hash key
    MemoryContext context; // owns table
    const Table *table;    // nullptr: known not to be distributed
    bool is_valid;
};

constinit HTAB *cache = nullptr;
constinit Oid partition_relid = InvalidOid;

void forget(Datum, Oid relid) {
    if (relid != InvalidOid && relid != partition_relid) {
        if (auto *entry = static_cast<Entry *>(hash_search(cache, &relid, HASH_FIND, nullptr))) entry->is_valid = false;
        return;
    }
    HASH_SEQ_STATUS all_entries;
    hash_seq_init(&all_entries, cache);
    while (auto *entry = static_cast<Entry *>(hash_seq_search(&all_entries))) entry->is_valid = false;
}

void make_cache() {
    HASHCTL control{};
    control.keysize = sizeof(Oid);
    control.entrysize = sizeof(Entry);
    control.hcxt = CacheMemoryContext;
    cache = hash_create("citus tables", 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    CacheRegisterRelcacheCallback(forget, 0);
}

int32 as_int32(Datum value) { return pg_strtoint32(TextDatumGetCString(value)); }

// Shards of one table without their placements, by range.
pg::Vector<Shard> read_shards(Oid relid, bool is_hash) {
    pg::Vector<Shard> shards;
    catalog::scan(catalog::Relation::Shard, 1, F_OIDEQ, ObjectIdGetDatum(relid), "pg_dist_shard_logical_relid_index",
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      bool no_min = false;
                      bool no_max = false;
                      Datum min = catalog::column(tuple, descriptor, 4, &no_min);
                      Datum max = catalog::column(tuple, descriptor, 5, &no_max);
                      hash::Range range{INT32_MIN, INT32_MAX};
                      if (is_hash && !no_min && !no_max) range = {as_int32(min), as_int32(max)};
                      shards.push({DatumGetInt64(catalog::column(tuple, descriptor, 2)), range, {}});
                  });
    std::sort(shards.begin(), shards.end(), [](const Shard &a, const Shard &b) {
        return a.range.min != b.range.min ? a.range.min < b.range.min : a.id < b.id;
    });
    return shards;
}

std::span<const Placement> read_placements(int64 shard) {
    pg::Vector<Placement> placements;
    catalog::scan(catalog::Relation::Placement, 2, F_INT8EQ, Int64GetDatum(shard), "pg_dist_placement_shardid_index",
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      placements.push({DatumGetInt64(catalog::column(tuple, descriptor, 1)), shard,
                                       DatumGetInt32(catalog::column(tuple, descriptor, 5)),
                                       DatumGetInt32(catalog::column(tuple, descriptor, 3)) == 1});
                  });
    std::sort(placements.begin(), placements.end(),
              [](const Placement &a, const Placement &b) { return a.group < b.group; });
    return placements;
}

void read_key(Table &table, const char *key_text) {
    auto *key = castNode(Var, stringToNode(key_text));
    table.key = key->varattno;
    get_atttypetypmodcoll(table.relid, table.key, &table.key_type, &key->vartypmod, &table.key_collation);
    table.hash_function = key_hash_function(table.key_type);
    if (!OidIsValid(table.hash_function))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
                        errmsg("type %s of distribution column \"%s\" has no hash function",
                               format_type_be(table.key_type), get_attname(table.relid, table.key, false))));
}

Kind kind_of(char method, char model, int32 colocation) {
    if (method == 'h') return Kind::Hash;
    if (method != 'n')
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("tables distributed by range or append are not supported"),
                        errhint("Distribute the table by hash.")));
    if (model == 't') return Kind::Reference;
    return colocation == 0 ? Kind::Local : Kind::Single;
}

// The pg_dist_partition row as a struct without shards, in the current context.
Table *read_partition(Oid relid) {
    Table *table = nullptr;
    catalog::scan(catalog::Relation::Partition, 1, F_OIDEQ, ObjectIdGetDatum(relid),
                  "pg_dist_partition_logical_relid_index", [&](HeapTuple tuple, TupleDesc descriptor) {
                      const char method = DatumGetChar(catalog::column(tuple, descriptor, 2));
                      bool no_key = false;
                      Datum key = catalog::column(tuple, descriptor, 3, &no_key);
                      const int32 colocation = DatumGetInt32(catalog::column(tuple, descriptor, 4));
                      const char model = DatumGetChar(catalog::column(tuple, descriptor, 5));
                      bool null = false;
                      const bool converted = DatumGetBool(catalog::column(tuple, descriptor, 6, &null));
                      table = pg::make<Table>();
                      *table = {};
                      table->relid = relid;
                      table->kind = kind_of(method, model, colocation);
                      table->colocation = colocation;
                      table->replication_model = model;
                      table->is_autoconverted = !null && converted;
                      if (table->kind == Kind::Hash && !no_key) read_key(*table, TextDatumGetCString(key));
                  });
    return table;
}

const Table *build(Oid relid) {
    Table *table = read_partition(relid);
    if (!table) return nullptr;
    pg::Vector<Shard> shards = read_shards(relid, table->kind == Kind::Hash);
    pg::Vector<hash::Range> ranges;
    for (Shard &shard : shards) {
        shard.placements = read_placements(shard.id);
        ranges.push(shard.range);
    }
    table->shards = shards;
    table->ranges = ranges;
    return table;
}

void rebuild(Entry &entry) {
    // The old struct may still be in use: it lives as long as the transaction.
    if (entry.context) MemoryContextSetParent(entry.context, TopTransactionContext);
    entry.context = nullptr;
    entry.table = nullptr;
    // Set first: an invalidation that arrives while reading must win.
    entry.is_valid = true;
    const Oid relid = entry.relid;
    MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "citus table", ALLOCSET_SMALL_SIZES);
    const Table *table = pg::with_context(context, [&] { return build(relid); });
    // Reading may have processed invalidations; the entry itself does not move.
    if (table) {
        MemoryContextSetParent(context, CacheMemoryContext);
        entry.context = context;
        entry.table = table;
    } else {
        MemoryContextDelete(context);
    }
}

void push_relid(pg::Vector<Oid> &relids, HeapTuple tuple, TupleDesc descriptor) {
    relids.push(DatumGetObjectId(catalog::column(tuple, descriptor, 1)));
}

} // namespace

int Table::replication_factor() const {
    return shards.empty() ? 0 : static_cast<int>(shards.front().placements.size());
}

const Table *find(Oid relid) {
    // Catalogs of the system are never distributed, and are read while we read ours.
    if (relid < FirstNormalObjectId || !catalog::is_extension_ready()) return nullptr;
    if (!cache) make_cache();
    partition_relid = catalog::oid_of(catalog::Relation::Partition);
    bool found = false;
    auto *entry = static_cast<Entry *>(hash_search(cache, &relid, HASH_ENTER, &found));
    if (!found) {
        entry->context = nullptr;
        entry->table = nullptr;
        entry->is_valid = false;
    }
    if (!entry->is_valid) {
        // An error while reading must not leave "not distributed" behind as the answer.
        bool is_done = false;
        pg::finally(
            [&] {
                rebuild(*entry);
                is_done = true;
            },
            [&] {
                if (!is_done) entry->is_valid = false;
            });
    }
    return entry->table;
}

const Table &get(Oid relid) {
    if (const Table *table = find(relid)) return *table;
    ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("relation \"%s\" is not distributed", get_rel_name(relid)),
                    errhint("Use create_distributed_table() or create_reference_table() first.")));
}

int32 hash_of(const Table &table, Datum key, bool is_null) {
    if (is_null) return 0;
    return DatumGetInt32(OidFunctionCall1Coll(table.hash_function, table.key_collation, key));
}

int ordinal_of(const Table &table, Datum key, bool is_null) {
    if (table.kind != Kind::Hash) return 0;
    const int32 value = hash_of(table, key, is_null);
    const int ordinal = hash::ordinal_of(value, table.ranges);
    if (ordinal < 0)
        ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
                        errmsg("no shard of table \"%s\" owns hash value %d", get_rel_name(table.relid), value)));
    return ordinal;
}

pg::Vector<Oid> all() {
    pg::Vector<Oid> relids;
    catalog::scan(catalog::Relation::Partition, 0, InvalidOid, 0, nullptr,
                  [&](HeapTuple tuple, TupleDesc descriptor) { push_relid(relids, tuple, descriptor); });
    std::sort(relids.begin(), relids.end());
    return relids;
}

pg::Vector<Oid> colocated(int32 colocation) {
    pg::Vector<Oid> relids;
    catalog::scan(catalog::Relation::Partition, 4, F_INT4EQ, Int32GetDatum(colocation),
                  "pg_dist_partition_colocationid_index",
                  [&](HeapTuple tuple, TupleDesc descriptor) { push_relid(relids, tuple, descriptor); });
    std::sort(relids.begin(), relids.end());
    return relids;
}

Oid shell_of_shard(int64 shard, int *ordinal) {
    Oid shell = InvalidOid;
    catalog::scan(catalog::Relation::Shard, 2, F_INT8EQ, Int64GetDatum(shard), "pg_dist_shard_shardid_index",
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      shell = DatumGetObjectId(catalog::column(tuple, descriptor, 1));
                  });
    const Table *table = ordinal && OidIsValid(shell) ? find(shell) : nullptr;
    if (table)
        for (size_t i = 0; i < table->shards.size(); i++)
            if (table->shards[i].id == shard) *ordinal = static_cast<int>(i);
    return shell;
}

Oid shard_relid(const Table &table, int ordinal) {
    const char *name = shard_name(get_rel_name(table.relid), table.shards[static_cast<size_t>(ordinal)].id);
    return get_relname_relid(name, get_rel_namespace(table.relid));
}

Oid shell_of_relation(Oid relid, int64 *shard) {
    if (relid < FirstNormalObjectId || !catalog::is_extension_ready()) return InvalidOid;
    const char *name = get_rel_name(relid);
    const char *separator = name ? strrchr(name, '_') : nullptr;
    if (!separator || separator[1] == '\0' || strspn(separator + 1, "0123456789") != strlen(separator + 1) ||
        strlen(separator + 1) > 18)
        return InvalidOid;
    const int64 id = pg_strtoint64(separator + 1);
    const Oid shell = shell_of_shard(id);
    if (!OidIsValid(shell) || get_rel_namespace(shell) != get_rel_namespace(relid)) return InvalidOid;
    const char *shell_name = get_rel_name(shell);
    if (!shell_name || strcmp(shard_name(shell_name, id), name) != 0) return InvalidOid;
    if (shard) *shard = id;
    return shell;
}

const Placement *placement_on(const Shard &shard, int32 group) {
    for (const Placement &each : shard.placements)
        if (each.group == group) return &each;
    return nullptr;
}

} // namespace cedro::table
