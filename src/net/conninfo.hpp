// What may stand in a connection string that a user gives us. Hosts, users and
// databases come from the catalogs, so a string may only use the keywords its
// place allows.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::net {

/// Why a connection string is refused; detail is palloc'ed.
struct ConninfoFault {
    const char *detail;
};

/// Checks that the text parses as a connection string and uses only these keywords.
std::optional<ConninfoFault> conninfo_fault(const char *conninfo, std::span<const std::string_view> allowed);

/// Keywords of citus.node_conninfo, of pg_dist_authinfo.authinfo and of pg_dist_poolinfo.poolinfo.
std::span<const std::string_view> node_conninfo_keywords();
std::span<const std::string_view> authinfo_keywords();
std::span<const std::string_view> poolinfo_keywords();

} // namespace cedro::net
