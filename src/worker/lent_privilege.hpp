// Privileges that a role gets for the time of a definition, when what it defines names more than it may use.
#pragma once
#include "pg/arena.hpp"
#include "pg/ddl.hpp"

namespace cedro::worker {

/// A privilege that a role gets for the time of a definition, unless it has it.
struct Grant {
    const char *privilege; ///< "CREATE"
    ObjectType kind;       ///< OBJECT_SCHEMA, OBJECT_TYPE, OBJECT_LANGUAGE or OBJECT_TABLE
    Oid object;
};

using Grants = pg::Vector<Grant>;

/// The grants that texts name as GRANT does between its own word and TO: "USAGE, CREATE ON SCHEMA s".
Grants grants_named(std::span<const char *const> texts);

/// What tells the privileges that a table of this node needs to be defined anew,
/// as such texts: a higher floor knows dependencies. Registered once from _PG_init.
using Needs = pg::Vector<const char *> (*)(Oid table);
void set_needs(Needs needs);
Grants needs_of_table(Oid table);

/// Those that the role has not, each as such a text.
pg::Vector<const char *> lacking(Oid role, std::span<const Grant> grants);

/// Runs body while the role has these privileges. They are taken back in the same transaction: nobody else sees them.
void lending(Oid role, std::span<const Grant> grants, pg::FunctionRef<void()> body);

/// The same on all nodes, for what the role does there.
void lending_everywhere(Oid role, std::span<const Grant> grants, pg::FunctionRef<void()> body);

} // namespace cedro::worker
