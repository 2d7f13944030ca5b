#include "pg/privilege.hpp"

extern "C" {
#include "executor/executor.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "utils/fmgroids.h"
#include "utils/rls.h"
}

namespace cedro::pg {

namespace {

RangeTblEntry *unreferenced_copy(const RangeTblEntry *entry) {
    auto *copy = static_cast<RangeTblEntry *>(copyObjectImpl(entry));
    copy->inh = false;
    copy->inFromCl = false;
    copy->tablesample = nullptr;
    copy->securityQuals = NIL;
    return copy;
}

} // namespace

#if PG_VERSION_NUM >= 160000

RangeTblEntry *take_privilege_checks(Query *query, RangeTblEntry *entry, Oid replacement) {
    if (entry->perminfoindex == 0) return nullptr;
    RTEPermissionInfo *checks = getRTEPermissionInfo(query->rteperminfos, entry);
    RangeTblEntry *copy = checks->requiredPerms ? unreferenced_copy(entry) : nullptr;
    auto *freed = static_cast<RTEPermissionInfo *>(copyObjectImpl(checks));
    freed->relid = replacement;
    freed->inh = entry->inh;
    freed->requiredPerms = 0;
    query->rteperminfos = lappend(query->rteperminfos, freed);
    entry->perminfoindex = static_cast<Index>(list_length(query->rteperminfos));
    return copy;
}

#else

RangeTblEntry *take_privilege_checks(Query *, RangeTblEntry *entry, Oid) {
    if (entry->requiredPerms == 0) return nullptr;
    RangeTblEntry *copy = unreferenced_copy(entry);
    entry->requiredPerms = 0;
    return copy;
}

#endif

void check_insert_privilege(Relation relation, List *columns) {
    ParseState *state = make_parsestate(nullptr);
    ParseNamespaceItem *item = addRangeTableEntryForRelation(state, relation, RowExclusiveLock, nullptr, false, false);
#if PG_VERSION_NUM >= 160000
    RTEPermissionInfo *checks = item->p_perminfo;
#else
    RangeTblEntry *checks = item->p_rte;
#endif
    checks->requiredPerms = ACL_INSERT;
    for (int i = 0; i < list_length(columns); i++)
        checks->insertedCols =
            bms_add_member(checks->insertedCols, list_nth_int(columns, i) - FirstLowInvalidHeapAttributeNumber);
#if PG_VERSION_NUM >= 160000
    ExecCheckPermissions(state->p_rtable, state->p_rteperminfos, true);
#else
    ExecCheckRTPerms(state->p_rtable, true);
#endif
    free_parsestate(state);
}

bool has_privilege(Oid role, ObjectType kind, Oid object, const char *privilege) {
    auto question = [&] {
        switch (kind) {
        case OBJECT_SCHEMA: return F_HAS_SCHEMA_PRIVILEGE_OID_OID_TEXT;
        case OBJECT_TYPE: return F_HAS_TYPE_PRIVILEGE_OID_OID_TEXT;
        case OBJECT_LANGUAGE: return F_HAS_LANGUAGE_PRIVILEGE_OID_OID_TEXT;
        default: return F_HAS_TABLE_PRIVILEGE_OID_OID_TEXT;
        }
    };
    return DatumGetBool(
        OidFunctionCall3(question(), ObjectIdGetDatum(role), ObjectIdGetDatum(object), CStringGetTextDatum(privilege)));
}

bool has_policies(Oid relid) { return check_enable_rls(relid, InvalidOid, false) == RLS_ENABLED; }

} // namespace cedro::pg
