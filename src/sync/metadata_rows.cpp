#include "sync/metadata_rows.hpp"

#include "catalog/partition_key.hpp"
#include "catalog/relation.hpp"
#include "pg/object.hpp"
#include "plan/sql_text.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::sync {

namespace {

// How a column is written: as its value, or by the name of what its oid means here.
enum class Meaning { Value, Relation, Type, Collation, Schema, Key };

struct Special {
    AttrNumber column;
    Meaning meaning;
};

// A table of the cluster's catalogs, with the columns that hold oids of this node.
struct Source {
    const char *schema;
    const char *name;
    std::initializer_list<Special> specials;

    Oid oid() const { return get_relname_relid(name, get_namespace_oid(schema, false)); }
};

constexpr size_t kRowsPerCommand = 200;

const char *by_name(Meaning meaning, Oid oid) {
    if (!OidIsValid(oid)) return "0";
    switch (meaning) {
    case Meaning::Relation: return psprintf("%s::regclass", plan::literal(pg::qualified_name(oid)));
    case Meaning::Type: return psprintf("%s::regtype", plan::literal(format_type_be_qualified(oid)));
    case Meaning::Collation:
        return pg::with_cached(COLLOID, oid, [](HeapTuple tuple) -> const char * {
            auto *form = pg::fields<FormData_pg_collation>(tuple);
            return psprintf("%s::regcollation", plan::literal(quote_qualified_identifier(
                                                    get_namespace_name(form->collnamespace), NameStr(form->collname))));
        });
    default: return psprintf("%s::regnamespace", plan::literal(quote_identifier(get_namespace_name(oid))));
    }
}

Meaning meaning_of(const Source &source, AttrNumber column) {
    for (const Special &special : source.specials)
        if (special.column == column) return special.meaning;
    return Meaning::Value;
}

const char *value_text(const Source &source, HeapTuple tuple, TupleDesc descriptor, AttrNumber attribute) {
    auto value = pg::column(tuple, descriptor, attribute);
    if (!value) return "NULL";
    const Meaning meaning = meaning_of(source, attribute);
    if (meaning == Meaning::Key) {
        // A stored Var names the column by number; its name finds it on the other node.
        const Oid relation = DatumGetObjectId(*pg::column(tuple, descriptor, 1));
        auto *key = castNode(Var, stringToNode(TextDatumGetCString(*value)));
        return psprintf("pg_catalog.column_name_to_column(%s, %s)", by_name(Meaning::Relation, relation),
                        plan::literal(get_attname(relation, key->varattno, false)));
    }
    if (meaning != Meaning::Value) return by_name(meaning, DatumGetObjectId(*value));
    Oid output;
    bool is_varlena;
    getTypeOutputInfo(TupleDescAttr(descriptor, attribute - 1)->atttypid, &output, &is_varlena);
    return plan::literal(OidOutputFunctionCall(output, *value));
}

const char *row_text(const Source &source, HeapTuple tuple, TupleDesc descriptor) {
    StringInfoData buffer;
    initStringInfo(&buffer);
    for (AttrNumber column = 1; column <= descriptor->natts; column++)
        appendStringInfo(&buffer, "%s%s", column > 1 ? ", " : "", value_text(source, tuple, descriptor, column));
    return buffer.data;
}

void add_rows(pg::Vector<const char *> &commands, const Source &source, const char *index,
              std::initializer_list<pg::Match> matches) {
    const Oid index_oid = index ? get_relname_relid(index, get_namespace_oid(source.schema, false)) : InvalidOid;
    StringInfo buffer = nullptr;
    size_t rows = 0;
    pg::each_row(source.oid(), index_oid, matches, [&](HeapTuple tuple, TupleDesc descriptor) {
        if (!buffer) {
            buffer = makeStringInfo();
            appendStringInfo(buffer, "INSERT INTO %s.%s VALUES ", source.schema, source.name);
        }
        appendStringInfo(buffer, "%s(%s)", rows ? ", " : "", row_text(source, tuple, descriptor));
        if (++rows < kRowsPerCommand) return;
        commands.push(buffer->data);
        buffer = nullptr;
        rows = 0;
    });
    if (buffer) commands.push(buffer->data);
}

constexpr char kCatalog[] = "pg_catalog";
constexpr char kInternal[] = "citus_internal";

} // namespace

void add_node_rows(pg::Vector<const char *> &commands, int32 group) {
    commands.push("DELETE FROM pg_catalog.pg_dist_node");
    commands.push(psprintf("UPDATE pg_catalog.pg_dist_local_group SET groupid = %d", group));
    add_rows(commands, {kCatalog, "pg_dist_node", {}}, nullptr, {});
}

const char *node_row(int32 id) {
    pg::Vector<const char *> commands;
    add_rows(commands, {kCatalog, "pg_dist_node", {}}, "pg_dist_node_pkey", {{1, F_INT4EQ, Int32GetDatum(id)}});
    return commands.empty() ? nullptr : commands[0];
}

void add_colocation_rows(pg::Vector<const char *> &commands) {
    add_rows(commands, {kCatalog, "pg_dist_colocation", {{4, Meaning::Type}, {5, Meaning::Collation}}}, nullptr, {});
}

void add_table_rows(pg::Vector<const char *> &commands, Oid relid) {
    const pg::Match match{1, F_OIDEQ, ObjectIdGetDatum(relid)};
    add_rows(commands, {kCatalog, "pg_dist_partition", {{1, Meaning::Relation}, {3, Meaning::Key}}},
             "pg_dist_partition_logical_relid_index", {match});
    add_rows(commands, {kCatalog, "pg_dist_shard", {{1, Meaning::Relation}}}, "pg_dist_shard_logical_relid_index",
             {match});
    for (const table::Shard &shard : table::get(relid).shards)
        add_rows(commands, {kCatalog, "pg_dist_placement", {}}, "pg_dist_placement_shardid_index",
                 {{2, F_INT8EQ, Int64GetDatum(shard.id)}});
    add_rows(commands, {kInternal, "table_option", {{1, Meaning::Relation}}}, "table_option_pkey", {match});
}

void add_late_rows(pg::Vector<const char *> &commands) {
    add_rows(commands, {kCatalog, "pg_dist_schema", {{1, Meaning::Schema}}}, nullptr, {});
    add_rows(commands,
             {kInternal, "global_key", {{1, Meaning::Relation}, {2, Meaning::Relation}, {3, Meaning::Relation}}},
             nullptr, {});
}

void add_version(pg::Vector<const char *> &commands) {
    commands.push(psprintf("UPDATE citus_internal.metadata_version SET version = " INT64_FORMAT,
                           transaction::metadata_version()));
}

} // namespace cedro::sync
