// Finds the extension's own catalogs and reads their rows.
#pragma once
#include "pg/arena.hpp"

namespace cedro::catalog {

/// The extension's tables, in one enumeration so that their oids are looked up once per backend.
enum class Relation {
    Partition,
    Shard,
    Placement,
    Node,
    LocalGroup,
    Colocation,
    Object,
    TableOption,
    GlobalKey,
    Transaction,
    Authinfo,
    Poolinfo,
    Cleanup,
    RebalanceStrategy,
    Count
};

/// True when the extension exists in this database and is usable here: not
/// while it is being created or dropped.
bool is_extension_ready();

/// The oid of a catalog. Raises when the extension does not exist here.
Oid oid_of(Relation relation);

/// The owner of the extension: a superuser, in whose name catalogs are written.
Oid owner();

/// Calls row(tuple, descriptor) for each row whose column `attribute` equals
/// the value (attribute 0: all rows), under a fresh catalog snapshot. Uses the
/// index when one is named (InvalidOid: sequential scan).
void scan(Relation relation, AttrNumber attribute, RegProcedure equals, Datum value, const char *index,
          pg::FunctionRef<void(HeapTuple, TupleDesc)> row);

/// True when the catalog surely has no rows, without a look at them: it has no storage.
bool is_never_filled(Relation relation);

/// A column of a row; `is_null` may be nullptr when the column is NOT NULL.
Datum column(HeapTuple tuple, TupleDesc descriptor, AttrNumber attribute, bool *is_null = nullptr);

} // namespace cedro::catalog
