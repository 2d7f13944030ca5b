#include "worker/shard_scope.hpp"

#include "pg/list.hpp"
#include "pg/privilege.hpp"
#include "pg/text.hpp"

namespace cedro::worker {

namespace {

void change_privilege(const char *format, const Grant &grant, Oid role) {
    const bool is_schema = grant.kind == OBJECT_SCHEMA;
    const char *object =
        is_schema ? quote_identifier(get_namespace_name(grant.object)) : pg::qualified_name(grant.object);
    const char *sql = psprintf(format, grant.privilege, is_schema ? "SCHEMA" : "TABLE", object,
                               quote_identifier(GetUserNameFromId(role, false)));
    pg::execute_definition(pg::parse_definition(sql));
}

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
    pg::Vector<Grant> lacking;
    for (const Grant &grant : grants)
        if (!pg::has_privilege(role, grant.kind, grant.object, grant.privilege)) lacking.push(grant);
    // Nobody else sees these: they are taken back in the same transaction.
    for (const Grant &grant : lacking) change_privilege("GRANT %s ON %s %s TO %s", grant, role);
    pg::with_user(role, SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION,
                  [&] { transaction::without_applying(body); });
    for (const Grant &grant : lacking) change_privilege("REVOKE %s ON %s %s FROM %s", grant, role);
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

void as_owner_of(Oid relid, pg::FunctionRef<void()> body) {
    pg::Vector<Grant> grants;
    auto grant = [&](Oid schema) {
        for (const char *privilege : {"USAGE", "CREATE"}) grants.push({privilege, OBJECT_SCHEMA, schema});
    };
    grant(get_rel_namespace(relid));
    for (Oid schema : statistics_schemas(relid))
        if (schema != get_rel_namespace(relid)) grant(schema);
    as_role(owner_of(relid), grants, body);
}

} // namespace cedro::worker
