// Check constraints of pg_dist_authinfo and pg_dist_poolinfo.
#include "net/conninfo.hpp"
#include "pg/function.hpp"

namespace cedro::api {
namespace {

/// True, or a WARNING that says why not and false: the constraint then fails.
bool is_valid(text *conninfo, std::span<const std::string_view> allowed, const char *what) {
    std::optional<net::ConninfoFault> fault = net::conninfo_fault(text_to_cstring(conninfo), allowed);
    if (!fault) return true;
    StringInfoData list;
    initStringInfo(&list);
    for (std::string_view keyword : allowed)
        appendStringInfo(&list, "%s%.*s", list.len ? ", " : "", static_cast<int>(keyword.size()), keyword.data());
    ereport(WARNING, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("invalid %s", what),
                      errdetail_internal("%s", fault->detail), errhint("Use only these keywords: %s.", list.data)));
    return false;
}

} // namespace

PG_SQL_FUNCTION(authinfo_valid) {
    PG_RETURN_BOOL(is_valid(PG_GETARG_TEXT_PP(0), net::authinfo_keywords(), "authinfo"));
}

PG_SQL_FUNCTION(poolinfo_valid) {
    PG_RETURN_BOOL(is_valid(PG_GETARG_TEXT_PP(0), net::poolinfo_keywords(), "poolinfo"));
}

PG_SQL_FUNCTION(role_exists) { PG_RETURN_BOOL(OidIsValid(get_role_oid(NameStr(*PG_GETARG_NAME(0)), true))); }

} // namespace cedro::api
