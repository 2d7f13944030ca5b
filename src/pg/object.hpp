// Database objects: the catalogs that describe them, their names and their dependencies.
#pragma once
#include "pg/catalog.hpp"
#include "pg/text.hpp"

extern "C" {
#include "access/table.h"
#include "access/toast_compression.h"
#include "catalog/catalog.h"
#include "catalog/index.h"
#include "catalog/objectaccess.h"
#include "catalog/partition.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_amproc.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_database.h"
#include "catalog/pg_db_role_setting.h"
#include "catalog/pg_default_acl.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_event_trigger.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_language.h"
#include "catalog/pg_opclass.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_publication.h"
#include "catalog/pg_range.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_seclabel.h"
#include "catalog/pg_sequence.h"
#include "catalog/pg_shdepend.h"
#include "catalog/pg_shdescription.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_subscription.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_ts_config.h"
#include "catalog/pg_ts_config_map.h"
#include "catalog/pg_ts_dict.h"
#include "catalog/pg_ts_parser.h"
#include "catalog/pg_ts_template.h"
#include "commands/comment.h"
#include "commands/defrem.h"
#include "commands/seclabel.h"
#include "commands/sequence.h"
#include "parser/parse_type.h"
#include "tsearch/ts_cache.h"
#include "tsearch/ts_public.h"
#include "utils/fmgrprotos.h"
#include "utils/formatting.h"
#include "utils/guc.h"
#include "utils/partcache.h"
#include "utils/varlena.h"
}

namespace cedro::pg {

#if PG_VERSION_NUM >= 170000
inline constexpr AttrNumber kCollationLocale = Anum_pg_collation_colllocale;
#else
inline constexpr AttrNumber kCollationLocale = Anum_pg_collation_colliculocale;
#endif

/// One condition of a catalog scan: column = value.
struct Match {
    AttrNumber column;
    RegProcedure equals;
    Datum value;
};

/// Calls row(tuple, descriptor) for the rows of a catalog that match, through the index
/// (InvalidOid: sequential scan; then the order is not defined).
template <typename Row>
void each_row(Oid catalog, Oid index, std::initializer_list<Match> matches, Row &&row) {
    ::Relation relation = table_open(catalog, AccessShareLock);
    ScanKeyData keys[4];
    int count = 0;
    for (const Match &match : matches)
        ScanKeyInit(&keys[count++], match.column, BTEqualStrategyNumber, match.equals, match.value);
    SysScanDesc scan = systable_beginscan(relation, index, OidIsValid(index), nullptr, count, keys);
    while (HeapTuple tuple = systable_getnext(scan)) row(tuple, RelationGetDescr(relation));
    systable_endscan(scan);
    table_close(relation, AccessShareLock);
}

/// The fixed part of a catalog row: `fields<FormData_pg_policy>(tuple)`.
template <typename Form>
Form *fields(HeapTuple tuple) {
    return static_cast<Form *>(static_cast<void *>(GETSTRUCT(tuple)));
}

/// A column of a catalog row, or nothing when it is NULL.
inline std::optional<Datum> column(HeapTuple tuple, TupleDesc descriptor, AttrNumber attribute) {
    bool is_null = false;
    Datum value = heap_getattr(tuple, attribute, descriptor, &is_null);
    if (is_null) return std::nullopt;
    return value;
}

/// A column of a row of the syscache, or nothing when it is NULL.
inline std::optional<Datum> column(int cache, HeapTuple tuple, AttrNumber attribute) {
    bool is_null = false;
    Datum value = SysCacheGetAttr(cache, tuple, attribute, &is_null);
    if (is_null) return std::nullopt;
    return value;
}

/// Calls body(tuple) with the row of the syscache; raises when there is none.
template <typename Body>
auto with_cached(int cache, Oid oid, Body &&body) {
    HeapTuple tuple = SearchSysCache1(cache, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for object %u", oid);
    if constexpr (std::is_void_v<decltype(body(tuple))>) {
        body(tuple);
        ReleaseSysCache(tuple);
    } else {
        auto result = body(tuple);
        ReleaseSysCache(tuple);
        return result;
    }
}

/// The statistics target of a column; negative: the default.
inline int statistics_target(Oid relation, AttrNumber attribute) {
    HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(attribute));
    if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for column %d", attribute);
#if PG_VERSION_NUM >= 170000
    auto target = column(ATTNUM, tuple, Anum_pg_attribute_attstattarget);
    const int result = target ? DatumGetInt16(*target) : -1;
#else
    const int result = fields<FormData_pg_attribute>(tuple)->attstattarget;
#endif
    ReleaseSysCache(tuple);
    return result;
}

/// The statistics target of extended statistics; negative: the default.
inline int extended_statistics_target(Oid statistics) {
    return with_cached(STATEXTOID, statistics, [](HeapTuple tuple) {
#if PG_VERSION_NUM >= 170000
        auto target = column(STATEXTOID, tuple, Anum_pg_statistic_ext_stxstattarget);
        return target ? int{DatumGetInt16(*target)} : -1;
#else
        return int{fields<FormData_pg_statistic_ext>(tuple)->stxstattarget};
#endif
    });
}

/// The WITH clause of the GRANT that made this membership.
inline const char *membership_options(const FormData_pg_auth_members *form) {
#if PG_VERSION_NUM >= 160000
    return psprintf(" WITH ADMIN %s, INHERIT %s, SET %s", form->admin_option ? "TRUE" : "FALSE",
                    form->inherit_option ? "TRUE" : "FALSE", form->set_option ? "TRUE" : "FALSE");
#else
    return form->admin_option ? " WITH ADMIN OPTION" : "";
#endif
}

inline Oid operator_schema(Oid oper) {
    return with_cached(OPEROID, oper,
                       [](HeapTuple tuple) { return fields<FormData_pg_operator>(tuple)->oprnamespace; });
}

struct Setting {
    const char *name;
    const char *value;
};

/// Runs body under other settings; abort restores them by itself.
template <typename Body>
auto with_settings(std::initializer_list<Setting> settings, Body &&body) {
    const int level = NewGUCNestLevel();
    for (const Setting &each : settings)
        set_config_option(each.name, each.value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    if constexpr (std::is_void_v<decltype(body())>) {
        body();
        AtEOXact_GUC(true, level);
    } else {
        auto result = body();
        AtEOXact_GUC(true, level);
        return result;
    }
}

} // namespace cedro::pg
