// Indexes, constraints but for foreign keys, and extended statistics. In the order
// of their names, so that two nodes give the same text.
#include "ddl/describe/kinds.hpp"
#include "pg/list.hpp"

namespace cedro::ddl {

namespace {

struct Named {
    const char *name;
    Oid oid;
    Oid index; // InvalidOid for constraints without one
    bool is_constraint;
};

bool by_name(const Named &a, const Named &b) { return strcmp(a.name, b.name) < 0; }

// Constraints first: a unique index may be part of one.
pg::Vector<Named> constraints_of(Oid table) {
    pg::Vector<Named> result;
    pg::each_row(ConstraintRelationId, ConstraintRelidTypidNameIndexId,
                 {{Anum_pg_constraint_conrelid, F_OIDEQ, ObjectIdGetDatum(table)}}, [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_constraint>(tuple);
                     const bool is_described =
                         form->contype == CONSTRAINT_CHECK || form->contype == CONSTRAINT_PRIMARY ||
                         form->contype == CONSTRAINT_UNIQUE || form->contype == CONSTRAINT_EXCLUSION;
                     if (is_described) result.push({pstrdup(NameStr(form->conname)), form->oid, form->conindid, true});
                 });
    std::sort(result.begin(), result.end(), by_name);
    return result;
}

pg::Vector<Named> plain_indexes_of(Relation table, std::span<const Named> constraints) {
    pg::Vector<Named> result;
    for (Oid index : pg::OidsOf(RelationGetIndexList(table))) {
        const bool is_taken = std::ranges::any_of(constraints, [&](const Named &each) { return each.index == index; });
        if (!is_taken) result.push({get_rel_name(index), index, index, false});
    }
    std::sort(result.begin(), result.end(), by_name);
    return result;
}

void describe_index_settings(Description &description, Relation table, Oid index) {
    const int columns = pg::with_cached(
        INDEXRELID, index, [](HeapTuple tuple) { return int{pg::fields<FormData_pg_index>(tuple)->indnatts}; });
    for (int i = 1; i <= columns; i++)
        if (const int target = pg::statistics_target(index, static_cast<AttrNumber>(i)); target >= 0)
            create(description,
                   psprintf("ALTER INDEX %s ALTER COLUMN %d SET STATISTICS %d", pg::qualified_name(index), i, target));
    const bool is_clustered = pg::with_cached(
        INDEXRELID, index, [](HeapTuple tuple) { return pg::fields<FormData_pg_index>(tuple)->indisclustered; });
    if (is_clustered)
        create(description, psprintf("ALTER TABLE %s CLUSTER ON %s", pg::qualified_name(RelationGetRelid(table)),
                                     quote_identifier(get_rel_name(index))));
    ObjectAddress object;
    ObjectAddressSet(object, RelationRelationId, index);
    settle_comment(description, object);
}

} // namespace

void describe_indexes(Description &description, Relation table) {
    const pg::Vector<Named> constraints = constraints_of(RelationGetRelid(table));
    for (const Named &each : constraints) {
        create(description, pg_get_constraintdef_command(each.oid));
        if (OidIsValid(each.index)) describe_index_settings(description, table, each.index);
        ObjectAddress object;
        ObjectAddressSet(object, ConstraintRelationId, each.oid);
        settle_comment(description, object);
    }
    for (const Named &each : plain_indexes_of(table, constraints)) {
        const Datum value = OidFunctionCall1(F_PG_GET_INDEXDEF_OID, ObjectIdGetDatum(each.oid));
        create(description, TextDatumGetCString(value));
        describe_index_settings(description, table, each.oid);
    }
}

void describe_statistics(Description &description, Relation table) {
    pg::Vector<Named> all;
    for (Oid oid : pg::OidsOf(RelationGetStatExtList(table)))
        pg::with_cached(STATEXTOID, oid, [&](HeapTuple tuple) {
            all.push({pstrdup(NameStr(pg::fields<FormData_pg_statistic_ext>(tuple)->stxname)), oid, InvalidOid, false});
        });
    std::sort(all.begin(), all.end(), by_name);
    for (const Named &each : all) {
        create(description, pg_get_statisticsobjdef_string(each.oid));
        ObjectAddress object;
        ObjectAddressSet(object, StatisticExtRelationId, each.oid);
        if (const int target = pg::extended_statistics_target(each.oid); target >= 0)
            create(description,
                   psprintf("ALTER STATISTICS %s SET STATISTICS %d", getObjectIdentity(&object, false), target));
        settle_rights(description, object);
    }
}

} // namespace cedro::ddl
