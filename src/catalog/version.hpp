// The versions that nodes compare.
#pragma once

namespace cedro::catalog {

/// Citus' release whose interface this library offers; shown as citus.version.
inline constexpr const char kCompatibleVersion[] = "13.2.2";
/// Version of the SQL objects this library works with: extversion.
inline constexpr const char kExtensionVersion[] = "13.2-1";

/// The version of the SQL objects in this database; "" when there are none. palloc'ed.
const char *installed_version();

} // namespace cedro::catalog
