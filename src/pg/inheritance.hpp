// Partitions, children, indexes and owners of tables.
#pragma once
#include "pg/list.hpp"

extern "C" {
#include "catalog/catalog.h"
#include "catalog/index.h"
#include "catalog/partition.h"
#include "catalog/pg_inherits.h"
#include "utils/partcache.h"
}

namespace cedro::pg {

inline bool is_owner_of_table(Oid relid, Oid role) {
#if PG_VERSION_NUM >= 160000
    return object_ownercheck(RelationRelationId, relid, role);
#else
    return pg_class_ownercheck(relid, role);
#endif
}

/// The scale in a numeric type modifier; negative since version 15.
inline int numeric_scale(int32 type_modifier) {
    return (((type_modifier - static_cast<int32>(VARHDRSZ)) & 0x7ff) ^ 1024) - 1024;
}

} // namespace cedro::pg
