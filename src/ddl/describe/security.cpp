// Row level security: the switches and the policies.
#include "ddl/describe/kinds.hpp"

namespace cedro::ddl {

namespace {

const char *command_name(char command) {
    switch (command) {
    case ACL_SELECT_CHR: return "SELECT";
    case ACL_INSERT_CHR: return "INSERT";
    case ACL_UPDATE_CHR: return "UPDATE";
    case ACL_DELETE_CHR: return "DELETE";
    default: return "ALL";
    }
}

const char *role_list(Datum roles) {
    Datum *oids;
    int count;
    deconstruct_array(DatumGetArrayTypeP(roles), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &oids, nullptr, &count);
    StringInfoData text;
    initStringInfo(&text);
    for (int i = 0; i < count; i++)
        appendStringInfo(&text, "%s%s", i ? ", " : "", role_name(DatumGetObjectId(oids[i])));
    return text.data;
}

const char *policy_text(HeapTuple tuple, TupleDesc descriptor) {
    auto *form = pg::fields<FormData_pg_policy>(tuple);
    StringInfoData buffer;
    initStringInfo(&buffer);
    appendStringInfo(&buffer, "CREATE POLICY %s ON %s AS %s FOR %s TO %s", quote_identifier(NameStr(form->polname)),
                     pg::qualified_name(form->polrelid), form->polpermissive ? "PERMISSIVE" : "RESTRICTIVE",
                     command_name(form->polcmd), role_list(*pg::column(tuple, descriptor, Anum_pg_policy_polroles)));
    if (auto tree = pg::column(tuple, descriptor, Anum_pg_policy_polqual))
        appendStringInfo(&buffer, " USING (%s)", expression_text(*tree, form->polrelid));
    if (auto tree = pg::column(tuple, descriptor, Anum_pg_policy_polwithcheck))
        appendStringInfo(&buffer, " WITH CHECK (%s)", expression_text(*tree, form->polrelid));
    return buffer.data;
}

} // namespace

const char *policy_command(Oid relid, const char *name) {
    const char *command = nullptr;
    pg::with_settings({{"search_path", "pg_catalog, pg_temp"}}, [&] {
        pg::each_row(PolicyRelationId, PolicyPolrelidPolnameIndexId,
                     {{Anum_pg_policy_polrelid, F_OIDEQ, ObjectIdGetDatum(relid)},
                      {Anum_pg_policy_polname, F_NAMEEQ, CStringGetDatum(name)}},
                     [&](HeapTuple tuple, TupleDesc descriptor) { command = policy_text(tuple, descriptor); });
    });
    return command;
}

void describe_security(Description &description, Relation table) {
    const Oid relid = RelationGetRelid(table);
    settle(description, psprintf("ALTER TABLE %s %s ROW LEVEL SECURITY, %s ROW LEVEL SECURITY",
                                 pg::qualified_name(relid), table->rd_rel->relrowsecurity ? "ENABLE" : "DISABLE",
                                 table->rd_rel->relforcerowsecurity ? "FORCE" : "NO FORCE"));
    // The index orders policies by name.
    pg::each_row(PolicyRelationId, PolicyPolrelidPolnameIndexId,
                 {{Anum_pg_policy_polrelid, F_OIDEQ, ObjectIdGetDatum(relid)}},
                 [&](HeapTuple tuple, TupleDesc descriptor) {
                     create(description, policy_text(tuple, descriptor));
                     ObjectAddress object;
                     ObjectAddressSet(object, PolicyRelationId, pg::fields<FormData_pg_policy>(tuple)->oid);
                     settle_comment(description, object);
                 });
}

} // namespace cedro::ddl
