// Sends objects with all they need to the other nodes.
#pragma once
#include "ddl/describe/dependency.hpp"

namespace cedro::ddl {

/// Makes the table's shell, with everything it depends on, on all other nodes,
/// in this distributed transaction; then its foreign keys whose other table is
/// there too, and the views over it that need nothing else. Raises 0A000 when
/// the table has triggers or rules, or depends on something that exists only
/// here; 42710 when a node has another object of such a name.
void ship_table(Oid relid);

/// Makes the object with everything it depends on on all other nodes. Returns
/// nullptr, or why it cannot go there; then nothing was sent.
const char *ship_object(const ObjectAddress &object);

/// The commands that make what is in the closure and is not on all nodes yet.
pg::Vector<const char *> make_commands(const Closure &closure);

/// Why a closure is incomplete: "view v depends on table t, which lives on this node only".
const char *explain_obstacle(const Closure &closure, const ObjectAddress &object);

/// Commands for the foreign keys of the table, and those that point to it, whose other table is distributed too.
pg::Vector<const char *> foreign_key_commands(Oid relid);

/// Views that depend on the relation directly or over other views, each after those it needs.
pg::Vector<Oid> views_over(Oid relid);

} // namespace cedro::ddl
