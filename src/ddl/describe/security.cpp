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

} // namespace

void describe_security(Description &description, Relation table) {
    const Oid relid = RelationGetRelid(table);
    const char *name = pg::qualified_name(relid);
    const bool is_on = table->rd_rel->relrowsecurity;
    const bool is_forced = table->rd_rel->relforcerowsecurity;
    settle(description, psprintf("ALTER TABLE %s %s ROW LEVEL SECURITY, %s ROW LEVEL SECURITY", name,
                                 is_on ? "ENABLE" : "DISABLE", is_forced ? "FORCE" : "NO FORCE"));
    // The index orders policies by name.
    pg::each_row(PolicyRelationId, PolicyPolrelidPolnameIndexId,
                 {{Anum_pg_policy_polrelid, F_OIDEQ, ObjectIdGetDatum(relid)}},
                 [&](HeapTuple tuple, TupleDesc descriptor) {
                     auto *form = pg::fields<FormData_pg_policy>(tuple);
                     StringInfoData text;
                     initStringInfo(&text);
                     appendStringInfo(&text, "CREATE POLICY %s ON %s AS %s FOR %s TO %s",
                                      quote_identifier(NameStr(form->polname)), name,
                                      form->polpermissive ? "PERMISSIVE" : "RESTRICTIVE", command_name(form->polcmd),
                                      role_list(*pg::column(tuple, descriptor, Anum_pg_policy_polroles)));
                     if (auto tree = pg::column(tuple, descriptor, Anum_pg_policy_polqual))
                         appendStringInfo(&text, " USING (%s)", expression_text(*tree, relid));
                     if (auto tree = pg::column(tuple, descriptor, Anum_pg_policy_polwithcheck))
                         appendStringInfo(&text, " WITH CHECK (%s)", expression_text(*tree, relid));
                     create(description, text.data);
                     ObjectAddress object;
                     ObjectAddressSet(object, PolicyRelationId, form->oid);
                     settle_comment(description, object);
                 });
}

} // namespace cedro::ddl
