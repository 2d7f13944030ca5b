// Domains within types: their checks run where a value is read, as whoever reads it.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::pg {

/// Whether reading a value of the type's base type checks a domain: that of an
/// array's element, of a range or of a column.
bool has_domain_within(Oid type);

/// The owner of such a type (of an array: of its element), who answers for what is checked.
Oid owner_of_type(Oid type);

} // namespace cedro::pg
