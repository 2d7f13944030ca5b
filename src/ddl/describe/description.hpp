// Objects as SQL text: the commands that make an object on another node as it is here.
#pragma once
#include "pg/arena.hpp"
#include "pg/object.hpp"

namespace cedro::ddl {

/// What makes an object. The receiving node runs `create` where the object does not exist and
/// `settle` (owner, privileges, comments and what else ALTER can set) in any case.
struct Description {
    pg::Vector<const char *> create;
    pg::Vector<const char *> settle;
    /// What must be equal on all nodes. The commands, but for the parts that differ from node to
    /// node, such as the range a sequence draws from.
    StringInfo structure = nullptr; ///< of `create`
    StringInfo state = nullptr;     ///< of `settle`
    /// Running `create` over an existing object replaces it.
    bool is_replaceable = false;
    /// In whose name `create` runs, for PostgreSQL evaluates parts of what it stores; InvalidOid: the cluster's.
    Oid definer = InvalidOid;
};

/// Whether objects of this class and kind can be described at all.
bool can_describe(const ObjectAddress &object);

/// Describes an object of this node; raises 0A000 when its kind is not supported.
Description describe(const ObjectAddress &object);

/// A digest of the essence: equal on two nodes when the object is.
const char *fingerprint(const Description &description);

/// Whether two fingerprints differ at most in what `settle` can set.
bool is_same_structure(const char *fingerprint, const char *other);

/// The object as pg_identify_object_as_address() names it.
struct ObjectName {
    const char *type;
    const char *names;     ///< text[] literal
    const char *arguments; ///< text[] literal
};
ObjectName name_of(const ObjectAddress &object);

/// Finds an object by that name; InvalidObjectAddress when there is none.
ObjectAddress find_object(const char *type, List *names, List *arguments);

/// One SQL command that makes the object on the node that runs it, or finds an equal one there;
/// then records it in pg_dist_object. See make_object().
const char *make_command(const ObjectAddress &object);

/// The same for an object that exists on all nodes and changed here: see settle_object().
const char *settle_command(const ObjectAddress &object);

} // namespace cedro::ddl
