// What an object needs on another node, in the order in which to make it.
#pragma once
#include "ddl/describe/description.hpp"

namespace cedro::ddl {

/// An object with all it depends on.
struct Closure {
    /// In an order in which each finds what it needs; the object itself is the last.
    /// What every server has, and members of extensions, are left out.
    pg::Vector<ObjectAddress> objects;
    HTAB *visited = nullptr; ///< of ObjectAddress: what is in `objects` or was left out
    /// Set when something of it cannot go to other nodes: what, and why ("… is a table of this node only").
    std::optional<ObjectAddress> obstacle;
    const char *reason = nullptr;
};

/// Tables that count as being on all nodes, beside those in pg_dist_partition.
using KnownTables = std::span<const Oid>;

/// Adds the object and what it needs to the closure; what is in it already is
/// not added twice. When there is an obstacle, nothing is added.
void add_with_dependencies(Closure &closure, const ObjectAddress &object, KnownTables known = {});

Closure closure_of(const ObjectAddress &object, KnownTables known = {});

/// The object that another is made with: the type of an array or of a range's
/// constructor, the relation of a row type or a column.
ObjectAddress whole_of(const ObjectAddress &object);

/// The privileges that a role needs to define the object, but for those it may
/// lack on functions and tables, as GRANT names them: "USAGE, CREATE ON SCHEMA s".
pg::Vector<const char *> needs_of(const ObjectAddress &object);

/// Triggers and rules of a table or view (but for those PostgreSQL makes) are an
/// obstacle; returns what and why, or nullptr.
const char *trigger_or_rule(Oid relation);

} // namespace cedro::ddl
