// ALTER DEFAULT PRIVILEGES: what objects that are made later grant.
#include "ddl/describe/kinds.hpp"
#include "ddl/describe/make.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

namespace {

// A row of pg_default_acl.
struct DefaultAcl {
    Oid oid;
    Oid role;
    char kind; ///< DEFACLOBJ_…
    const char *acl;
};

bool by_name(const DefaultAcl &a, const DefaultAcl &b) {
    const int order = strcmp(GetUserNameFromId(a.role, false), GetUserNameFromId(b.role, false));
    return order != 0 ? order < 0 : a.kind < b.kind;
}

pg::Vector<DefaultAcl> default_acls_of(Oid schema) {
    pg::Vector<DefaultAcl> all;
    pg::each_row(DefaultAclRelationId, InvalidOid,
                 {{Anum_pg_default_acl_defaclnamespace, F_OIDEQ, ObjectIdGetDatum(schema)}},
                 [&](HeapTuple tuple, TupleDesc descriptor) {
                     auto *form = pg::fields<FormData_pg_default_acl>(tuple);
                     const Datum acl = *pg::column(tuple, descriptor, Anum_pg_default_acl_defaclacl);
                     all.push({form->oid, form->defaclrole, form->defaclobjtype,
                               OidOutputFunctionCall(F_ARRAY_OUT, PointerGetDatum(DatumGetAclPCopy(acl)))});
                 });
    std::sort(all.begin(), all.end(), by_name);
    return all;
}

void insert(Oid schema, const DefaultAcl &entry) {
    ::Relation catalog = table_open(DefaultAclRelationId, RowExclusiveLock);
    const Oid oid = GetNewOidWithIndex(catalog, DefaultAclOidIndexId, Anum_pg_default_acl_oid);
    const Datum acl = OidInputFunctionCall(F_ARRAY_IN, const_cast<char *>(entry.acl), ACLITEMOID, -1);
    Datum values[Natts_pg_default_acl] = {};
    bool nulls[Natts_pg_default_acl] = {};
    values[Anum_pg_default_acl_oid - 1] = ObjectIdGetDatum(oid);
    values[Anum_pg_default_acl_defaclrole - 1] = ObjectIdGetDatum(entry.role);
    values[Anum_pg_default_acl_defaclnamespace - 1] = ObjectIdGetDatum(schema);
    values[Anum_pg_default_acl_defaclobjtype - 1] = CharGetDatum(entry.kind);
    values[Anum_pg_default_acl_defaclacl - 1] = acl;
    CatalogTupleInsert(catalog, heap_form_tuple(RelationGetDescr(catalog), values, nulls));
    recordDependencyOnOwner(DefaultAclRelationId, oid, entry.role);
    if (OidIsValid(schema)) {
        const ObjectAddress self{DefaultAclRelationId, oid, 0};
        const ObjectAddress whole{NamespaceRelationId, schema, 0};
        recordDependencyOn(&self, &whole, DEPENDENCY_AUTO);
    }
    Oid *members = nullptr;
    const int count = aclmembers(DatumGetAclPCopy(acl), &members);
    updateAclDependencies(DefaultAclRelationId, oid, 0, entry.role, 0, nullptr, count, members);
    table_close(catalog, RowExclusiveLock);
    CommandCounterIncrement();
}

// Roles that only this node has keep their own.
bool is_shared_role(Oid role) {
    const ObjectAddress object{AuthIdRelationId, role, 0};
    return role < FirstNormalObjectId || is_recorded(object);
}

bool is_among(std::span<const DefaultAcl> entries, const DefaultAcl &entry) {
    return std::ranges::any_of(entries, [&](const DefaultAcl &each) {
        return each.role == entry.role && each.kind == entry.kind && strcmp(each.acl, entry.acl) == 0;
    });
}

} // namespace

const char *default_acls_command(Oid schema) {
    pg::Vector<const char *> entries;
    for (const DefaultAcl &each : default_acls_of(schema)) {
        entries.push(GetUserNameFromId(each.role, false));
        entries.push(psprintf("%c", each.kind));
        entries.push(each.acl);
    }
    const char *name = OidIsValid(schema) ? plan::literal(quote_identifier(get_namespace_name(schema))) : "NULL";
    return psprintf("SELECT citus_internal.set_default_acls(%s, %s)", name, text_array(entries));
}

void set_default_acls(Oid schema, std::span<const char *const> texts) {
    pg::Vector<DefaultAcl> wanted;
    for (size_t i = 0; i + 2 < texts.size(); i += 3)
        wanted.push({InvalidOid, get_role_oid(texts[i], false), texts[i + 1][0], texts[i + 2]});
    const pg::Vector<DefaultAcl> existing = default_acls_of(schema);
    for (const DefaultAcl &each : existing) {
        if (is_among(wanted, each) || !is_shared_role(each.role)) continue;
        const ObjectAddress object{DefaultAclRelationId, each.oid, 0};
        performDeletion(&object, DROP_RESTRICT, PERFORM_DELETION_INTERNAL);
    }
    CommandCounterIncrement();
    for (const DefaultAcl &each : wanted)
        if (!is_among(existing, each)) insert(schema, each);
}

} // namespace cedro::ddl
