#include "pg/privilege.hpp"

#if PG_VERSION_NUM >= 160000
extern "C" {
#include "parser/parse_relation.h"
}
#endif

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

} // namespace cedro::pg
