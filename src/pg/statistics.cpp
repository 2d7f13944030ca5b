#include "pg/statistics.hpp"

#include "pg/scope.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/multixact.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "miscadmin.h"
#include "parser/parse_relation.h"
#include "pgstat.h"
#include "statistics/statistics.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/attoptcache.h"
#include "utils/fmgroids.h"
#include "utils/syscache.h"
}

namespace cedro::pg {

struct Analysis {
    Relation relation;
    Vector<VacAttrStats *> columns;
    MemoryContext context;
    int sample_size;
};

namespace {

int target_of(const FormData_pg_attribute *attribute) {
#if PG_VERSION_NUM >= 170000
    HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(attribute->attrelid), Int16GetDatum(attribute->attnum));
    bool is_null = false;
    Datum target = SysCacheGetAttr(ATTNUM, tuple, Anum_pg_attribute_attstattarget, &is_null);
    ReleaseSysCache(tuple);
    return is_null ? -1 : DatumGetInt16(target);
#else
    return attribute->attstattarget;
#endif
}

// As PostgreSQL's own: nullptr for a column that has no statistics.
VacAttrStats *examine(Analysis *analysis, AttrNumber attribute_number) {
    const FormData_pg_attribute *attribute = TupleDescAttr(RelationGetDescr(analysis->relation), attribute_number - 1);
    const int target = target_of(attribute);
    if (attribute->attisdropped || target == 0) return nullptr;
    auto *stats = static_cast<VacAttrStats *>(palloc0(sizeof(VacAttrStats)));
#if PG_VERSION_NUM >= 170000
    stats->attstattarget = target;
#else
    stats->attr = static_cast<Form_pg_attribute>(palloc(ATTRIBUTE_FIXED_PART_SIZE));
    memcpy(stats->attr, attribute, ATTRIBUTE_FIXED_PART_SIZE);
#endif
    stats->attrtypid = attribute->atttypid;
    stats->attrtypmod = attribute->atttypmod;
    stats->attrcollid = attribute->attcollation;
    HeapTuple type = SearchSysCacheCopy1(TYPEOID, ObjectIdGetDatum(stats->attrtypid));
    if (!HeapTupleIsValid(type)) elog(ERROR, "cache lookup failed for type %u", stats->attrtypid);
    stats->attrtype = reinterpret_cast<Form_pg_type>(GETSTRUCT(type));
    stats->anl_context = analysis->context;
    stats->tupattnum = attribute_number;
    for (int i = 0; i < STATISTIC_NUM_SLOTS; i++) {
        stats->statypid[i] = stats->attrtypid;
        stats->statyplen[i] = stats->attrtype->typlen;
        stats->statypbyval[i] = stats->attrtype->typbyval;
        stats->statypalign[i] = stats->attrtype->typalign;
    }
    const bool is_known = OidIsValid(stats->attrtype->typanalyze)
                              ? DatumGetBool(OidFunctionCall1(stats->attrtype->typanalyze, PointerGetDatum(stats)))
                              : std_typanalyze(stats);
    return is_known && stats->compute_stats && stats->minrows > 0 ? stats : nullptr;
}

AttrNumber column_named(Relation relation, const char *name) {
    const auto number = static_cast<AttrNumber>(attnameAttNum(relation, name, false));
    if (number == InvalidAttrNumber)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("column \"%s\" of relation \"%s\" does not exist",
                                                                  name, RelationGetRelationName(relation))));
    return number;
}

Datum fetch(VacAttrStats *stats, int row, bool *is_null) {
    return heap_getattr(stats->rows[row], stats->tupattnum, stats->tupDesc, is_null);
}

ArrayType *numbers_of(const VacAttrStats *stats, int slot) {
    Vector<Datum> numbers;
    for (int i = 0; i < stats->numnumbers[slot]; i++) numbers.push(Float4GetDatum(stats->stanumbers[slot][i]));
    return construct_array(numbers.begin(), stats->numnumbers[slot], FLOAT4OID, sizeof(float4), true, TYPALIGN_INT);
}

// A row of pg_statistic.
void fill(const VacAttrStats *stats, Oid relid, bool is_inherited, Datum *values, bool *nulls) {
    values[Anum_pg_statistic_starelid - 1] = ObjectIdGetDatum(relid);
    values[Anum_pg_statistic_staattnum - 1] = Int16GetDatum(static_cast<int16>(stats->tupattnum));
    values[Anum_pg_statistic_stainherit - 1] = BoolGetDatum(is_inherited);
    values[Anum_pg_statistic_stanullfrac - 1] = Float4GetDatum(stats->stanullfrac);
    values[Anum_pg_statistic_stawidth - 1] = Int32GetDatum(stats->stawidth);
    values[Anum_pg_statistic_stadistinct - 1] = Float4GetDatum(stats->stadistinct);
    for (int i = 0; i < STATISTIC_NUM_SLOTS; i++) {
        values[Anum_pg_statistic_stakind1 - 1 + i] = Int16GetDatum(stats->stakind[i]);
        values[Anum_pg_statistic_staop1 - 1 + i] = ObjectIdGetDatum(stats->staop[i]);
        values[Anum_pg_statistic_stacoll1 - 1 + i] = ObjectIdGetDatum(stats->stacoll[i]);
        nulls[Anum_pg_statistic_stanumbers1 - 1 + i] = stats->numnumbers[i] == 0;
        if (stats->numnumbers[i] > 0)
            values[Anum_pg_statistic_stanumbers1 - 1 + i] = PointerGetDatum(numbers_of(stats, i));
        nulls[Anum_pg_statistic_stavalues1 - 1 + i] = stats->numvalues[i] == 0;
        if (stats->numvalues[i] > 0)
            values[Anum_pg_statistic_stavalues1 - 1 + i] =
                PointerGetDatum(construct_array(stats->stavalues[i], stats->numvalues[i], stats->statypid[i],
                                                stats->statyplen[i], stats->statypbyval[i], stats->statypalign[i]));
    }
}

void compute_column(Analysis *analysis, VacAttrStats *stats, std::span<HeapTuple> sample, double total_rows,
                    bool is_inherited) {
    stats->rows = sample.data();
    stats->tupDesc = RelationGetDescr(analysis->relation);
    MemoryContext context = AllocSetContextCreate(analysis->context, "statistics of a column", ALLOCSET_DEFAULT_SIZES);
    with_context(context, [&] { stats->compute_stats(stats, fetch, static_cast<int>(sample.size()), total_rows); });
    MemoryContextDelete(context);
    const AttributeOpts *options = get_attribute_options(RelationGetRelid(analysis->relation), stats->tupattnum);
    if (!options) return;
    const float8 distinct = is_inherited ? options->n_distinct_inherited : options->n_distinct;
    if (distinct != 0.0) stats->stadistinct = static_cast<float4>(distinct);
}

} // namespace

Analysis *begin_analysis(Relation relation, List *columns) {
    auto *analysis = make<Analysis>(relation, Vector<VacAttrStats *>(), CurrentMemoryContext, 100);
    auto add = [&](AttrNumber attribute) {
        VacAttrStats *stats = examine(analysis, attribute);
        if (!stats) return;
        analysis->columns.push(stats);
        analysis->sample_size = std::max(analysis->sample_size, stats->minrows);
    };
    ListCell *cell;
    foreach (cell, columns) add(column_named(relation, strVal(lfirst(cell))));
    if (columns == NIL)
        for (int i = 1; i <= RelationGetNumberOfAttributes(relation); i++) add(static_cast<AttrNumber>(i));
    analysis->sample_size =
        std::max(analysis->sample_size, ComputeExtStatisticsRows(relation, static_cast<int>(analysis->columns.size()),
                                                                 analysis->columns.begin()));
    return analysis;
}

int sample_size(const Analysis *analysis) { return analysis->sample_size; }

void compute(Analysis *analysis, std::span<HeapTuple> sample, double total_rows, bool is_inherited,
             FunctionRef<void(const Datum *values, const bool *nulls)> take) {
    if (sample.empty()) return;
    with_context(analysis->context, [&] {
        for (VacAttrStats *stats : analysis->columns) {
            compute_column(analysis, stats, sample, total_rows, is_inherited);
            if (!stats->stats_valid) continue;
            Datum values[Natts_pg_statistic] = {};
            bool nulls[Natts_pg_statistic] = {};
            fill(stats, RelationGetRelid(analysis->relation), is_inherited, values, nulls);
            take(values, nulls);
        }
        BuildRelationExtStatistics(analysis->relation, is_inherited, total_rows, static_cast<int>(sample.size()),
                                   sample.data(), static_cast<int>(analysis->columns.size()),
                                   analysis->columns.begin());
    });
}

void store_statistics(const Datum *values, const bool *nulls) {
    Relation catalog = table_open(StatisticRelationId, RowExclusiveLock);
    HeapTuple old = SearchSysCache3(STATRELATTINH, values[Anum_pg_statistic_starelid - 1],
                                    values[Anum_pg_statistic_staattnum - 1], values[Anum_pg_statistic_stainherit - 1]);
    if (HeapTupleIsValid(old)) {
        bool replaces[Natts_pg_statistic];
        std::ranges::fill(replaces, true);
        HeapTuple changed = heap_modify_tuple(old, RelationGetDescr(catalog), const_cast<Datum *>(values),
                                              const_cast<bool *>(nulls), replaces);
        CatalogTupleUpdate(catalog, &changed->t_self, changed);
        ReleaseSysCache(old);
    } else {
        HeapTuple made =
            heap_form_tuple(RelationGetDescr(catalog), const_cast<Datum *>(values), const_cast<bool *>(nulls));
        CatalogTupleInsert(catalog, made);
    }
    table_close(catalog, RowExclusiveLock);
    CommandCounterIncrement();
}

void store_extent(Relation relation, uint32 pages, double rows, bool is_whole) {
    const bool is_partitioned = relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
    const BlockNumber blocks = is_partitioned ? static_cast<BlockNumber>(-1) : pages;
    vac_update_relstats(relation, blocks, rows, 0,
#if PG_VERSION_NUM >= 180000
                        0,
#endif
                        relation->rd_rel->relhasindex, InvalidTransactionId, InvalidMultiXactId, nullptr, nullptr,
                        true);
    const auto reported = static_cast<PgStat_Counter>(is_partitioned ? 0 : rows);
#if PG_VERSION_NUM >= 180000
    pgstat_report_analyze(relation, reported, 0, is_whole, GetCurrentTimestamp());
#else
    pgstat_report_analyze(relation, reported, 0, is_whole);
#endif
}

bool may_vacuum_all() {
#if PG_VERSION_NUM >= 160000
    return superuser() || object_ownercheck(DatabaseRelationId, MyDatabaseId, GetUserId());
#else
    return superuser() || pg_database_ownercheck(MyDatabaseId, GetUserId());
#endif
}

bool may_vacuum(Oid relid) {
#if PG_VERSION_NUM >= 170000
    return may_vacuum_all() || pg_class_aclcheck(relid, GetUserId(), ACL_MAINTAIN) == ACLCHECK_OK;
#elif PG_VERSION_NUM >= 160000
    return may_vacuum_all() || object_ownercheck(RelationRelationId, relid, GetUserId());
#else
    return may_vacuum_all() || pg_class_ownercheck(relid, GetUserId());
#endif
}

} // namespace cedro::pg
