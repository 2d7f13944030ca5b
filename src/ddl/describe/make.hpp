// The receiving side: makes what another node described, unless an equal object is there.
#pragma once
#include "ddl/describe/description.hpp"

namespace cedro::ddl {

struct MakeRequest {
    const char *type;
    List *names;                        ///< char *, as pg_identify_object_as_address() gives them
    List *arguments;                    ///< char *
    Oid definer;                        ///< who runs `create`; InvalidOid: the cluster
    std::span<const char *const> needs; ///< see needs_of()
    std::span<const char *const> create;
    std::span<const char *const> settle;
    bool is_replaceable;
    const char *fingerprint;
};

/// Makes the object or brings an existing one to the described state, and
/// records it in pg_dist_object. An object of that name that cannot be brought
/// there raises 42710; a table is replaced only when it is a shell of ours.
void make_object(const MakeRequest &request);

/// Brings an object that changed on the coordinator to the state it has there,
/// by ALTER alone (functions and views are replaced); raises when that is not
/// enough. After a statement was repeated here this finds nothing left to do.
void settle_object(const MakeRequest &request);

/// Takes a role out of all roles but these, and the admin option from all but those.
void restrict_memberships(const char *role, List *granted, List *with_admin_option);

/// Adds a foreign key unless the table has an equal one of that name.
void make_foreign_key(Oid table, const char *name, const char *definition);

/// Makes or replaces a policy of a table, in the name of the table's owner.
void make_policy(Oid table, const char *name, const char *definition, std::span<const char *const> needs);

/// Makes a table a partition, in the name of an owner of both, unless it is one.
void attach_partition(Oid parent, Oid partition, const char *bound);

/// Repeats a statement in the name of a role, under the search_path that is set.
void repeat_as(Oid role, std::span<const char *const> needs, const char *statement);

/// Gives the object exactly these privileges (aclitem[] text; nullptr: the default ones).
void set_acl(const ObjectAddress &object, const char *acl);

/// Lets a sequence of this node draw from the range of the node's own group, so
/// that no two nodes give the same value. Leaves the coordinator's alone, and
/// those whose type is too small to be cut up. origin: the sequence's oid on the
/// coordinator; a value that keep_position() knows was given is not given again.
void adopt_sequence(Oid sequence, Oid origin);

/// Remembers what a sequence that is about to leave this node gave last.
void keep_position(Oid sequence, Oid origin);

/// Gives a schema, or with InvalidOid the database, exactly these default
/// privileges: role, kind (DEFACLOBJ_…), aclitem[] text, role, …
void set_default_acls(Oid schema, std::span<const char *const> entries);

/// Adds the object's row to pg_dist_object, or takes it away.
void record(const ObjectAddress &object);
void unrecord(const ObjectAddress &object);
bool is_recorded(const ObjectAddress &object);

/// Whether the object is on all nodes: recorded, and for a table, one of the cluster.
bool is_shared(const ObjectAddress &object);

} // namespace cedro::ddl
