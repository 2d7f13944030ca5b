// Quoting, hashing and multibyte text.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "utils/ruleutils.h"
#include "utils/varlena.h"
}

namespace cedro::pg {

/// "schema"."name" of a relation, always qualified. palloc'ed.
inline const char *qualified_name(Oid relid) {
    return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), get_rel_name(relid));
}

} // namespace cedro::pg
