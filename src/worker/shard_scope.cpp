#include "worker/shard_scope.hpp"

#include "pg/list.hpp"
#include "pg/text.hpp"

namespace cedro::worker {

namespace {

// Extended statistics may lie in other schemas than their table.
pg::Vector<Oid> statistics_schemas(Oid relid) {
    pg::Vector<Oid> schemas;
    List *statistics = pg::with_relation(relid, NoLock, RelationGetStatExtList);
    for (Oid each : pg::OidsOf(statistics)) {
        HeapTuple tuple = SearchSysCache1(STATEXTOID, ObjectIdGetDatum(each));
        if (!HeapTupleIsValid(tuple)) continue;
        const Oid schema = reinterpret_cast<Form_pg_statistic_ext>(GETSTRUCT(tuple))->stxnamespace;
        if (!schemas.contains(schema)) schemas.push(schema);
        ReleaseSysCache(tuple);
    }
    return schemas;
}

} // namespace

void as_role(Oid role, std::span<const Grant> grants, pg::FunctionRef<void()> body) {
    lending(role, grants, [&] {
        pg::with_user(role, SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION,
                      [&] { transaction::without_applying(body); });
    });
}

Oid owner_of(Oid relid) {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
    if (!HeapTupleIsValid(tuple))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation with OID %u does not exist", relid)));
    const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
    ReleaseSysCache(tuple);
    return owner;
}

Oid owner_of_both(Oid table, Oid partition) {
    const Oid owner = owner_of(table);
    const Oid other = owner_of(partition);
    return has_privs_of_role(owner, other) ? owner : other;
}

void as_owner_of(Oid relid, std::span<const Grant> more, pg::FunctionRef<void()> body) {
    Grants grants;
    for (const Grant &each : more) grants.push(each);
    auto grant = [&](Oid schema) {
        for (const char *privilege : {"USAGE", "CREATE"}) grants.push({privilege, OBJECT_SCHEMA, schema});
    };
    grant(get_rel_namespace(relid));
    for (Oid schema : statistics_schemas(relid))
        if (schema != get_rel_namespace(relid)) grant(schema);
    as_role(owner_of(relid), grants, body);
}

} // namespace cedro::worker
