#include "ddl/statistics.hpp"

#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/guc.hpp"
#include "pg/inheritance.hpp"
#include "pg/scope.hpp"
#include "pg/spi.hpp"
#include "pg/statistics.hpp"
#include "pg/text.hpp"
#include "plan/sql_text.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/session.hpp"

namespace cedro::ddl {

namespace {

bool is_partitioned(Oid relid) { return get_rel_relkind(relid) == RELKIND_PARTITIONED_TABLE; }

Extent extent_of_relation(Oid relid) {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
    if (!HeapTupleIsValid(tuple)) return {};
    const auto *form = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
    const Extent extent{std::max(0.0, static_cast<double>(form->relpages)),
                        std::max(0.0, static_cast<double>(form->reltuples))};
    ReleaseSysCache(tuple);
    return extent;
}

// Each shard counts on the node of its first active placement.
bool counts_here(const table::Shard &shard) {
    for (const table::Placement &placement : shard.placements)
        if (placement.is_active) return placement.group == cluster::local_group();
    return false;
}

Extent extent_of_all(Oid relid) {
    Extent all = extent_here(relid);
    struct Asked {
        transaction::Session *session;
        transaction::Ticket ticket;
    };
    pg::Vector<Asked> asked;
    const transaction::Parameter parameter{TEXTOID, pg::qualified_name(relid)};
    for (const cluster::Node &node : cluster::other_nodes()) {
        transaction::Session *session = transaction::session(node.id);
        asked.push({session, transaction::send(session, {.sql = "SELECT * FROM citus_internal.shards_extent($1)",
                                                         .parameters = {&parameter, 1},
                                                         .role = catalog::owner()})});
    }
    for (const Asked &each : asked) {
        const PGresult *result = transaction::receive(each.session, each.ticket);
        all.pages += strtod(PQgetvalue(result, 0, 0), nullptr);
        all.rows += strtod(PQgetvalue(result, 0, 1), nullptr);
    }
    return all;
}

// Some pages, and some rows of these, as PostgreSQL samples: in the order in which they are stored.
const char *sample_query(Relation shell, const Extent &extent, int size) {
    StringInfoData sql;
    initStringInfo(&sql);
    const char *separator = "SELECT ";
    for (int i = 0; i < RelationGetNumberOfAttributes(shell); i++) {
        const FormData_pg_attribute *attribute = TupleDescAttr(RelationGetDescr(shell), i);
        if (attribute->attisdropped) continue;
        appendStringInfo(&sql, "%s%s", separator, quote_identifier(NameStr(attribute->attname)));
        separator = ", ";
    }
    appendStringInfo(&sql, " FROM %s", pg::qualified_name(RelationGetRelid(shell)));
    const double of_pages = extent.pages > size ? size / extent.pages : 1.0;
    const double rows_there = extent.rows * of_pages;
    if (of_pages < 1.0) appendStringInfo(&sql, " TABLESAMPLE system (%.8f)", of_pages * 100);
    if (rows_there > size) appendStringInfo(&sql, " WHERE random() < %.8f", size / rows_there);
    return sql.data;
}

HeapTuple as_row_of(Relation shell, HeapTuple tuple, TupleDesc type) {
    const auto count = static_cast<size_t>(RelationGetNumberOfAttributes(shell));
    auto *values = static_cast<Datum *>(palloc0(sizeof(Datum) * count));
    auto *nulls = static_cast<bool *>(palloc0(sizeof(bool) * count));
    int column = 0;
    for (size_t i = 0; i < count; i++) {
        nulls[i] = true;
        if (TupleDescAttr(RelationGetDescr(shell), static_cast<int>(i))->attisdropped) continue;
        values[i] = pg::field(tuple, type, ++column, &nulls[i]);
    }
    return heap_form_tuple(RelationGetDescr(shell), values, nulls);
}

pg::Vector<HeapTuple> sample_of(Relation shell, const Extent &extent, int size) {
    pg::Vector<HeapTuple> rows;
    MemoryContext context = CurrentMemoryContext;
    const char *sql = sample_query(shell, extent, size);
    pg::with_user(catalog::owner(), SECURITY_LOCAL_USERID_CHANGE, [&] {
        pg::with_spi([&] {
            pg::each_row(sql, [&](HeapTuple tuple, TupleDesc type) {
                pg::with_context(context, [&] { rows.push(as_row_of(shell, tuple, type)); });
            });
        });
    });
    return rows;
}

const char *text_of(Oid output, Datum value) {
    return quote_literal_cstr(DatumGetCString(OidFunctionCall1(output, value)));
}

// Texts of the five slots as a text[], NULL where there is none.
template <typename Text>
const char *slots(int first, const bool *nulls, Text &&text) {
    StringInfoData list;
    initStringInfo(&list);
    for (int i = 0; i < STATISTIC_NUM_SLOTS; i++)
        appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", nulls[first - 1 + i] ? "NULL" : text(first - 1 + i));
    return psprintf("ARRAY[%s]::text[]", list.data);
}

// The row of pg_statistic in names instead of oids.
const char *column_command(Oid relid, const Datum *values, const bool *nulls) {
    const char *kinds = slots(Anum_pg_statistic_stakind1, nulls, [&](int i) { return text_of(F_INT2OUT, values[i]); });
    const char *operators =
        slots(Anum_pg_statistic_staop1, nulls, [&](int i) { return text_of(F_REGOPERATOROUT, values[i]); });
    const char *collations =
        slots(Anum_pg_statistic_stacoll1, nulls, [&](int i) { return text_of(F_REGCOLLATIONOUT, values[i]); });
    const char *numbers =
        slots(Anum_pg_statistic_stanumbers1, nulls, [&](int i) { return text_of(F_ARRAY_OUT, values[i]); });
    const char *types = slots(Anum_pg_statistic_stavalues1, nulls, [&](int i) {
        return quote_literal_cstr(format_type_be_qualified(ARR_ELEMTYPE(DatumGetArrayTypeP(values[i]))));
    });
    const char *texts =
        slots(Anum_pg_statistic_stavalues1, nulls, [&](int i) { return text_of(F_ARRAY_OUT, values[i]); });
    return psprintf(
        "SELECT citus_internal.set_column_statistics(%s::regclass, %s::name, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        plan::literal(pg::qualified_name(relid)),
        plan::literal(get_attname(relid, DatumGetInt16(values[Anum_pg_statistic_staattnum - 1]), false)),
        DatumGetBool(values[Anum_pg_statistic_stainherit - 1]) ? "true" : "false",
        text_of(F_FLOAT4OUT, values[Anum_pg_statistic_stanullfrac - 1]),
        text_of(F_INT4OUT, values[Anum_pg_statistic_stawidth - 1]),
        text_of(F_FLOAT4OUT, values[Anum_pg_statistic_stadistinct - 1]), kinds, operators, collations, numbers, types,
        texts);
}

// Settings under which texts of values and names read the same elsewhere.
void with_exact_text(pg::FunctionRef<void()> body) {
    const int level = NewGUCNestLevel();
    auto set = [](const char *name, const char *value) {
        set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    };
    set("search_path", "pg_catalog");
    set("datestyle", "ISO");
    set("intervalstyle", "postgres");
    set("extra_float_digits", "3");
    body();
    AtEOXact_GUC(true, level);
}

const char *extent_command(Oid relid, const Extent &extent, bool is_analysed) {
    return psprintf("SELECT citus_internal.set_extent(%s::regclass, %.0f, %.0f, %s)",
                    plan::literal(pg::qualified_name(relid)), extent.pages, extent.rows,
                    is_analysed ? "true" : "false");
}

void store(std::span<const char *const> commands) {
    transaction::run_here(commands);
    transaction::run_on_others(commands);
}

void compute(Relation shell, List *columns, pg::Vector<const char *> &commands) {
    const Oid relid = RelationGetRelid(shell);
    const Extent extent = extent_of_all(relid);
    // Functions of types and expressions run as the owner, as in ANALYZE.
    auto as_owner = [&](pg::FunctionRef<void()> body) {
        pg::with_user(shell->rd_rel->relowner, SECURITY_RESTRICTED_OPERATION, body);
    };
    pg::Analysis *analysis = nullptr;
    as_owner([&] { analysis = pg::begin_analysis(shell, columns); });
    const pg::Vector<HeapTuple> rows = sample_of(shell, extent, pg::sample_size(analysis));
    const double total = std::max(extent.rows, static_cast<double>(rows.size()));
    as_owner([&] {
        with_exact_text([&] {
            pg::compute(
                analysis, {const_cast<HeapTuple *>(rows.begin()), rows.size()}, total, is_partitioned(relid),
                [&](const Datum *values, const bool *nulls) { commands.push(column_command(relid, values, nulls)); });
        });
    });
    commands.push(extent_command(relid, {extent.pages, total}, columns == NIL));
}

} // namespace

Extent extent_here(Oid relid) {
    Extent all{};
    List *tables = is_partitioned(relid) ? find_all_inheritors(relid, AccessShareLock, nullptr) : list_make1_oid(relid);
    for (Oid each : pg::OidsOf(tables)) {
        const table::Table *table = is_partitioned(each) ? nullptr : table::find(each);
        if (!table) continue;
        for (size_t i = 0; i < table->shards.size(); i++) {
            const Oid shard = table::shard_relid(*table, static_cast<int>(i));
            if (!OidIsValid(shard) || !counts_here(table->shards[i])) continue;
            const Extent extent = extent_of_relation(shard);
            all.pages += extent.pages;
            all.rows += extent.rows;
        }
    }
    return all;
}

void refresh_statistics(Oid relid, List *columns) {
    MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "citus statistics", ALLOCSET_DEFAULT_SIZES);
    pg::with_context(scratch, [&] {
        pg::Vector<const char *> commands;
        pg::with_relation(relid, ShareUpdateExclusiveLock, [&](Relation shell) { compute(shell, columns, commands); });
        store(commands);
    });
    MemoryContextDelete(scratch);
}

void refresh_extent(Oid relid) {
    if (is_partitioned(relid)) return; // VACUUM leaves it alone
    const char *command = extent_command(relid, extent_of_all(relid), false);
    store({&command, 1});
}

} // namespace cedro::ddl
