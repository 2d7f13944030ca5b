#include "convert/global_key.hpp"

#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "convert/checks.hpp"
#include "convert/metadata.hpp"
#include "convert/shards.hpp"
#include "copy/row_sink.hpp"
#include "pg/catalog.hpp"
#include "pg/domain.hpp"
#include "pg/index.hpp"
#include "pg/object.hpp"
#include "pg/row_security.hpp"
#include "pg/scope.hpp"
#include "pg/spi.hpp"
#include "pg/text.hpp"
#include "table/ids.hpp"
#include "transaction/everywhere.hpp"
#include "unique/global_key.hpp"
#include "worker/shard_scope.hpp"

namespace cedro::convert {

namespace {

// One column of an index as a column of the hidden table.
struct KeyColumn {
    const char *type;       // as SQL
    const char *collation;  // " COLLATE …" or ""
    const char *expression; // of the shell's row
    bool is_hashable;
};

struct KeyShape {
    const char *index; // qualified name of the shell's index
    pg::Vector<KeyColumn> columns;
    const char *predicate; // nullptr: every row
    bool are_nulls_distinct;
};

const char *collation_clause(Oid type, Oid collation) {
    if (!OidIsValid(collation) || collation == get_typcollation(type)) return "";
    HeapTuple tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
    auto *form = reinterpret_cast<Form_pg_collation>(GETSTRUCT(tuple));
    const char *clause = psprintf(
        " COLLATE %s", quote_qualified_identifier(get_namespace_name(form->collnamespace), NameStr(form->collname)));
    ReleaseSysCache(tuple);
    return clause;
}

const char *column_expression(Oid index, int column) {
    return TextDatumGetCString(OidFunctionCall3(F_PG_GET_INDEXDEF_OID_INT4_BOOL, ObjectIdGetDatum(index),
                                                Int32GetDatum(column), BoolGetDatum(false)));
}

const char *predicate_text(Relation index) {
    List *predicate = RelationGetIndexPredicate(index);
    if (predicate == NIL) return nullptr;
    List *context = deparse_context_for(get_rel_name(index->rd_index->indrelid), index->rd_index->indrelid);
    return deparse_expression(reinterpret_cast<Node *>(make_ands_explicit(predicate)), context, false, false);
}

[[noreturn]] void refuse_domains(Oid index, Oid type) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("unique index \"%s\" cannot be enforced over all shards", get_rel_name(index)),
                    errdetail("There are domains in its column type %s.", format_type_be(type)),
                    errhint("Add the distribution column to the index.")));
}

// The type without domains, whose checks would run with the rights of the
// hidden table's owner where they are read: values were checked in their table.
Oid stored_type(Oid index, Oid given) {
    const Oid type = getBaseType(given);
    if (const Oid element = get_element_type(type); OidIsValid(element)) {
        const Oid stored = stored_type(index, element);
        return stored == element ? type : get_array_type(stored);
    }
    if (pg::has_domain_within(type)) refuse_domains(index, given);
    return type;
}

KeyShape shape_of(Oid index_oid) {
    return pg::with_relation(index_oid, AccessShareLock, [&](Relation index) {
        KeyShape shape{pg::qualified_name(index_oid), pg::Vector<KeyColumn>(), predicate_text(index),
                       !index->rd_index->indnullsnotdistinct};
        for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++) {
            Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(index), i);
            int32 modifier = attribute->atttypmod;
            if (get_typtype(attribute->atttypid) == TYPTYPE_DOMAIN)
                getBaseTypeAndTypmod(attribute->atttypid, &modifier);
            const Oid stored = stored_type(index_oid, attribute->atttypid);
            TypeCacheEntry *type = lookup_type_cache(stored, TYPECACHE_HASH_PROC);
            shape.columns.push(
                {format_type_extended(stored, modifier, FORMAT_TYPE_FORCE_QUALIFY | FORMAT_TYPE_TYPEMOD_GIVEN),
                 collation_clause(stored, index->rd_indcollation[i]), column_expression(index_oid, i + 1),
                 OidIsValid(type->hash_proc)});
        }
        return shape;
    });
}

const char *column_list(const KeyShape &shape, const char *format_separator) {
    StringInfoData list;
    initStringInfo(&list);
    for (size_t i = 1; i <= shape.columns.size(); i++)
        appendStringInfo(&list, "%sk%zu", i > 1 ? format_separator : "", i);
    return list.data;
}

const char *create_table_text(const char *name, const KeyShape &shape) {
    StringInfoData sql;
    initStringInfo(&sql);
    appendStringInfo(&sql, "CREATE TABLE citus_internal.%s (", name);
    for (size_t i = 0; i < shape.columns.size(); i++)
        appendStringInfo(&sql, "k%zu %s%s, ", i + 1, shape.columns[i].type, shape.columns[i].collation);
    appendStringInfo(&sql, "%s int4 NOT NULL)", unique::kHomeColumn);
    return sql.data;
}

// The rows of the shell that have an entry: "" or " WHERE …".
const char *row_condition(const KeyShape &shape) {
    StringInfoData sql;
    initStringInfo(&sql);
    const char *separator = " WHERE ";
    if (shape.predicate) {
        appendStringInfo(&sql, "%s(%s)", separator, shape.predicate);
        separator = " AND ";
    }
    if (shape.are_nulls_distinct)
        for (const KeyColumn &column : shape.columns) {
            appendStringInfo(&sql, "%s(%s) IS NOT NULL", separator, column.expression);
            separator = " AND ";
        }
    return sql.data;
}

const char *expression_list(const KeyShape &shape) {
    StringInfoData list;
    initStringInfo(&list);
    for (size_t i = 0; i < shape.columns.size(); i++)
        appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", shape.columns[i].expression);
    return list.data;
}

void require_all_rows(Oid shell, Oid owner) {
    if (check_enable_rls(shell, owner, true) != RLS_ENABLED) return;
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("cannot look for duplicates in table \"%s\"", get_rel_name(shell)),
                    errdetail("Row-level security is forced on its owner, in whose name the rows are read."),
                    errhint("Use ALTER TABLE ... NO FORCE ROW LEVEL SECURITY, and FORCE afterwards.")));
}

// Runs body in the name of the table's owner, whose functions the statements
// call, on all nodes; the owner may lack rights that others have.
void as_owner(Oid shell, pg::FunctionRef<void()> body) {
    const Oid owner = worker::owner_of(shell);
    require_all_rows(shell, owner);
    worker::Grants grants = worker::needs_of_table(shell);
    grants.push({"SELECT", OBJECT_TABLE, shell});
    worker::lending_everywhere(owner, grants, [&] {
        worker::as_definer([&] { worker::as_role(owner, {}, [&] { pg::with_spi([&] { body(); }); }); });
    });
}

void require_distinct(Oid shell, Oid index, const KeyShape &shape) {
    const char *expressions = expression_list(shape);
    const char *sql = psprintf("SELECT ROW(%s)::text FROM %s%s GROUP BY %s HAVING count(*) > 1 ORDER BY 1 LIMIT 1",
                               expressions, pg::qualified_name(shell), row_condition(shape), expressions);
    const char *duplicate = nullptr;
    MemoryContext outer = CurrentMemoryContext;
    as_owner(shell, [&] {
        pg::rows(sql, {}, [&](HeapTuple tuple, TupleDesc type) {
            duplicate = pg::with_context(outer, [&] { return SPI_getvalue(tuple, type, 1); });
        });
    });
    if (duplicate)
        ereport(ERROR,
                (errcode(ERRCODE_UNIQUE_VIOLATION), errmsg("could not create unique index \"%s\"", get_rel_name(index)),
                 errdetail("Key (%s)=%s is duplicated.", expressions, duplicate)));
}

// Entries for the rows that are there: read like any statement reads them,
// written as a table's rows are when it is distributed.
void fill(Oid shell, Oid key_table, const KeyShape &shape) {
    const table::Table &table = table::get(shell);
    const char *key = quote_identifier(get_attname(shell, table.key, false));
    const char *sql = psprintf("SELECT %s, coalesce(pg_catalog.worker_hash(%s), 0) FROM %s%s", expression_list(shape),
                               key, pg::qualified_name(shell), row_condition(shape));
    copy::RowSink *sink = copy::open(table::get(key_table), InvalidOid);
    as_owner(shell, [&] {
        pg::each_row(sql, [&](HeapTuple tuple, TupleDesc type) {
            Datum values[INDEX_MAX_KEYS + 1];
            bool nulls[INDEX_MAX_KEYS + 1];
            heap_deform_tuple(tuple, type, values, nulls);
            copy::put(sink, values, nulls);
        });
    });
    copy::close(sink);
}

// The layout of the hidden table: shard for shard where its table lies.
Layout layout_beside(const table::Table &table, const char *key) {
    pg::Vector<Site> sites;
    for (const table::Shard &shard : table.shards) {
        pg::Vector<int32> groups;
        for (const table::Placement &placement : shard.placements)
            if (placement.is_active) groups.push(placement.group);
        sites.push({shard.range, groups});
    }
    Layout layout{};
    layout.kind = table::Kind::Hash;
    layout.key = key;
    layout.colocation = table.colocation;
    layout.is_hidden = true;
    layout.sites = sites;
    return layout;
}

void create_key(Oid shell, Oid index) {
    // The text is read with this path too.
    const KeyShape shape = pg::with_settings({{"search_path", "pg_catalog, pg_temp"}}, [&] { return shape_of(index); });
    size_t hashable = 0;
    while (hashable < shape.columns.size() && !shape.columns[hashable].is_hashable) hashable++;
    if (hashable == shape.columns.size())
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("unique index \"%s\" cannot be enforced over all shards", get_rel_name(index)),
                        errdetail("None of its columns has a type that can be hashed."),
                        errhint("Add the distribution column to the index.")));
    require_distinct(shell, index, shape);

    const char *name = psprintf("key_" INT64_FORMAT, table::next_key_table());
    const char *key = psprintf("k%zu", hashable + 1);
    Commands commands;
    commands.push(create_table_text(name, shape));
    commands.push(psprintf("CREATE UNIQUE INDEX %s_k ON citus_internal.%s (%s)%s", name, name, column_list(shape, ", "),
                           shape.are_nulls_distinct ? "" : " NULLS NOT DISTINCT"));
    commands.push(psprintf("GRANT SELECT, INSERT, UPDATE, DELETE ON citus_internal.%s TO citus_node", name));
    transaction::run_everywhere(commands);

    const Oid key_table = get_relname_relid(name, get_namespace_oid("citus_internal", false));
    Commands rows;
    push_registration(rows, key_table, layout_beside(table::get(shell), key));
    rows.push(psprintf("SELECT citus_internal.tie_key(%s, %s)", relation_literal(key_table), relation_literal(index)));
    rows.push(psprintf("INSERT INTO citus_internal.global_key (indexrelid, relid, keyrelid) VALUES (%s, %s, %s)",
                       relation_literal(index), relation_literal(shell), relation_literal(key_table)));
    transaction::run_everywhere(rows);
    create_shards(table::get(key_table));
    fill(shell, key_table, shape);
}

void drop_key(const unique::GlobalKey &key) {
    const char *relation = relation_literal(key.key_table);
    Commands commands;
    commands.push(psprintf("DELETE FROM citus_internal.global_key WHERE keyrelid = %s", relation));
    drop_shards(table::get(key.key_table));
    push_removal(commands, table::get(key.key_table));
    commands.push(psprintf("DROP TABLE %s", pg::qualified_name(key.key_table)));
    transaction::run_everywhere(commands);
}

void watch(Oid shell, bool enable) {
    const char *command =
        psprintf("SELECT citus_internal.watch_shards(%s, %s)", relation_literal(shell), enable ? "true" : "false");
    transaction::run_everywhere({&command, 1});
}

} // namespace

void check_keys(Oid shell) {
    const table::Table *table = table::find(shell);
    if (!table || !table->is_hash() || unique::is_key_table(shell)) return;
    pg::with_relation(shell, AccessShareLock,
                      [&](Relation relation) { require_enforceable_keys(relation, table->key); });
}

void reconcile_keys(Oid shell) {
    const table::Table *table = table::find(shell);
    if (!table || !table->is_hash() || unique::is_key_table(shell)) return;
    // A partitioned table has no rows of its own, and an index of it holds the partition key: its partitions have keys.
    const bool is_partitioned = get_rel_relkind(shell) == RELKIND_PARTITIONED_TABLE;
    const pg::Vector<Oid> wanted = is_partitioned ? pg::Vector<Oid>() : unique::indexes_that_need_keys(*table);
    const pg::Vector<unique::GlobalKey> existing = unique::keys_of(shell);
    auto has_key = [&](Oid index) {
        return std::ranges::any_of(existing, [&](const unique::GlobalKey &key) { return key.index == index; });
    };
    for (const unique::GlobalKey &key : existing)
        if (!wanted.contains(key.index)) drop_key(key);
    for (Oid index : wanted)
        if (!has_key(index)) create_key(shell, index);
    // The trigger computes all keys of the table; it is there while any exists.
    if (!wanted.empty())
        watch(shell, true);
    else if (!existing.empty())
        watch(shell, false);
}

void drop_keys(Oid shell) {
    for (const unique::GlobalKey &key : unique::keys_of(shell)) drop_key(key);
}

} // namespace cedro::convert
