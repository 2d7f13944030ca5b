#include "convert/metadata.hpp"

#include "table/ids.hpp"
#include "pg/catalog.hpp"
#include "pg/text.hpp"

namespace cedro::convert {

namespace {

// Rows in one INSERT: a command of some ten kilobytes.
constexpr int kRowsPerCommand = 500;

/// Writes `head row, row, row` as one or more commands.
class Insert {
public:
    Insert(Commands &commands, const char *head) : commands_(commands), head_(head) { initStringInfo(&sql_); }
    StringInfo row() {
        if (rows_ == kRowsPerCommand) finish();
        appendStringInfoString(&sql_, rows_++ == 0 ? head_ : ", ");
        return &sql_;
    }
    void finish() {
        if (rows_ == 0) return;
        commands_.push(sql_.data);
        initStringInfo(&sql_);
        rows_ = 0;
    }

private:
    Commands &commands_;
    const char *head_;
    StringInfoData sql_;
    int rows_ = 0;
};

constexpr char kPlacementHead[] =
    "INSERT INTO pg_catalog.pg_dist_placement (placementid, shardid, shardstate, shardlength, groupid) VALUES ";

void append_placement(StringInfo sql, int64 shard, int32 group) {
    appendStringInfo(sql, "(" INT64_FORMAT ", " INT64_FORMAT ", 1, 0, %d)", table::next_placement(), shard, group);
}

char method_of(table::Kind kind) { return kind == table::Kind::Hash ? 'h' : 'n'; }

char model_of(const Layout &layout) {
    if (layout.kind == table::Kind::Reference) return 't';
    return layout.replication_factor() > 1 ? 'c' : 's';
}

void push_partition(Commands &commands, Oid relid, const Layout &layout) {
    const char *relation = relation_literal(relid);
    const char *key = layout.key ? psprintf("pg_catalog.column_name_to_column(%s, %s)", relation,
                                            quote_literal_cstr(layout.key))
                                 : "NULL";
    commands.push(psprintf("INSERT INTO pg_catalog.pg_dist_partition "
                           "(logicalrelid, partmethod, partkey, colocationid, repmodel, autoconverted) "
                           "VALUES (%s, '%c', %s, %d, '%c', %s)",
                           relation, method_of(layout.kind), key, layout.colocation, model_of(layout),
                           layout.is_autoconverted ? "true" : "false"));
}

void push_shards(Commands &commands, Oid relid, const Layout &layout) {
    const char *relation = relation_literal(relid);
    Insert shards(commands, "INSERT INTO pg_catalog.pg_dist_shard "
                            "(logicalrelid, shardid, shardstorage, shardminvalue, shardmaxvalue) VALUES ");
    Commands placement_commands;
    Insert placements(placement_commands, kPlacementHead);
    for (const Site &site : layout.sites) {
        const int64 shard = layout.is_hidden ? table::next_key_shard() : table::next_shard();
        StringInfo row = shards.row();
        appendStringInfo(row, "(%s, " INT64_FORMAT ", 't', ", relation, shard);
        if (layout.kind == table::Kind::Hash)
            appendStringInfo(row, "'%d', '%d')", site.range.min, site.range.max);
        else
            appendStringInfoString(row, "NULL, NULL)");
        for (int32 group : site.groups) append_placement(placements.row(), shard, group);
    }
    shards.finish();
    placements.finish();
    for (const char *each : placement_commands) commands.push(each);
}

const char *type_literal(Oid type) {
    if (!OidIsValid(type)) return "0";
    const char *name = format_type_extended(type, -1, FORMAT_TYPE_FORCE_QUALIFY);
    return psprintf("%s::pg_catalog.regtype", quote_literal_cstr(name));
}

const char *collation_literal(Oid collation) {
    if (!OidIsValid(collation)) return "0";
    HeapTuple tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
    if (!HeapTupleIsValid(tuple))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("collation with OID %u does not exist", collation)));
    auto *form = reinterpret_cast<Form_pg_collation>(GETSTRUCT(tuple));
    const char *name = quote_qualified_identifier(get_namespace_name(form->collnamespace), NameStr(form->collname));
    const char *literal = psprintf("%s::pg_catalog.regcollation", quote_literal_cstr(name));
    ReleaseSysCache(tuple);
    return literal;
}

} // namespace

const char *relation_literal(Oid relid) {
    return psprintf("%s::pg_catalog.regclass", quote_literal_cstr(pg::qualified_name(relid)));
}

void push_colocation(Commands &commands, int32 colocation, const ColocationGroup &group) {
    commands.push(psprintf("INSERT INTO pg_catalog.pg_dist_colocation (colocationid, shardcount, replicationfactor, "
                           "distributioncolumntype, distributioncolumncollation) VALUES (%d, %d, %d, %s, %s)",
                           colocation, group.shard_count, group.replication_factor, type_literal(group.key_type),
                           collation_literal(group.key_collation)));
}

void push_registration(Commands &commands, Oid relid, const Layout &layout) {
    push_partition(commands, relid, layout);
    push_shards(commands, relid, layout);
}

void push_removal(Commands &commands, const table::Table &table) {
    const char *relation = relation_literal(table.relid);
    commands.push(psprintf("DELETE FROM pg_catalog.pg_dist_placement WHERE shardid IN "
                           "(SELECT shardid FROM pg_catalog.pg_dist_shard WHERE logicalrelid = %s)",
                           relation));
    commands.push(psprintf("DELETE FROM pg_catalog.pg_dist_shard WHERE logicalrelid = %s", relation));
    commands.push(psprintf("DELETE FROM pg_catalog.pg_dist_partition WHERE logicalrelid = %s", relation));
    commands.push(psprintf("DELETE FROM citus_internal.table_option WHERE relid = %s", relation));
}

void push_colocation_removal(Commands &commands, int32 colocation, std::span<const Oid> leaving) {
    if (colocation == 0) return;
    for (Oid member : table::colocated(colocation))
        if (std::ranges::find(leaving, member) == leaving.end()) return;
    commands.push(psprintf("DELETE FROM pg_catalog.pg_dist_colocation WHERE colocationid = %d", colocation));
}

void push_placement(Commands &commands, int64 shard, int32 group) {
    StringInfoData sql;
    initStringInfo(&sql);
    appendStringInfoString(&sql, kPlacementHead);
    append_placement(&sql, shard, group);
    commands.push(sql.data);
}

void push_option(Commands &commands, Oid relid, std::optional<int> replication_factor, bool is_apart) {
    const char *relation = relation_literal(relid);
    if (!replication_factor && !is_apart) {
        commands.push(psprintf("DELETE FROM citus_internal.table_option WHERE relid = %s", relation));
        return;
    }
    const char *factor = replication_factor ? psprintf("%d", *replication_factor) : "NULL";
    commands.push(psprintf("INSERT INTO citus_internal.table_option (relid, replication_factor, is_apart) "
                           "VALUES (%s, %s, %s) ON CONFLICT (relid) DO UPDATE SET "
                           "replication_factor = EXCLUDED.replication_factor, is_apart = EXCLUDED.is_apart",
                           relation, factor, is_apart ? "true" : "false"));
}

} // namespace cedro::convert
