// Roles with their password verifier, memberships and settings.
#include "ddl/describe/kinds.hpp"
#include "plan/sql_text.hpp"

namespace cedro::ddl {

namespace {

// Every option by name, so that ALTER ROLE sets those that are off too.
const char *options_of(HeapTuple tuple) {
    auto *form = pg::fields<FormData_pg_authid>(tuple);
    StringInfoData buffer;
    initStringInfo(&buffer);
    auto flag = [&](bool is_set, const char *name) { appendStringInfo(&buffer, " %s%s", is_set ? "" : "NO", name); };
    flag(form->rolsuper, "SUPERUSER");
    flag(form->rolcreatedb, "CREATEDB");
    flag(form->rolcreaterole, "CREATEROLE");
    flag(form->rolinherit, "INHERIT");
    flag(form->rolcanlogin, "LOGIN");
    flag(form->rolreplication, "REPLICATION");
    flag(form->rolbypassrls, "BYPASSRLS");
    appendStringInfo(&buffer, " CONNECTION LIMIT %d", form->rolconnlimit);
    // A role without a password keeps the one it has there: nobody is locked out.
    if (auto verifier = pg::column(AUTHOID, tuple, Anum_pg_authid_rolpassword))
        appendStringInfo(&buffer, " PASSWORD %s", plan::literal(TextDatumGetCString(*verifier)));
    if (auto until = pg::column(AUTHOID, tuple, Anum_pg_authid_rolvaliduntil))
        appendStringInfo(&buffer, " VALID UNTIL %s", plan::literal(OidOutputFunctionCall(F_TIMESTAMPTZ_OUT, *until)));
    return buffer.data;
}

// Memberships that the other node has beyond these are taken away.
void settle_memberships(Description &description, Oid role, const char *name) {
    pg::Vector<const char *> commands;
    pg::Vector<const char *> granted;
    pg::Vector<const char *> with_admin_option;
    pg::each_row(AuthMemRelationId, AuthMemMemRoleIndexId,
                 {{Anum_pg_auth_members_member, F_OIDEQ, ObjectIdGetDatum(role)}}, [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_auth_members>(tuple);
                     granted.push(GetUserNameFromId(form->roleid, false));
                     if (form->admin_option) with_admin_option.push(granted.back());
                     commands.push(
                         psprintf("GRANT %s TO %s%s", role_name(form->roleid), name, pg::membership_options(form)));
                 });
    settle(description,
           psprintf("SELECT citus_internal.restrict_memberships(%s, %s, %s)",
                    plan::literal(GetUserNameFromId(role, false)), text_array(granted), text_array(with_admin_option)),
           "");
    std::sort(commands.begin(), commands.end(), [](const char *a, const char *b) { return strcmp(a, b) < 0; });
    for (const char *command : commands) settle(description, command);
}

// The value as SET takes it: lists of names item by item.
const char *setting_value(const char *name, const char *value) {
    List *items = NIL;
    if (!(GetConfigOptionFlags(name, true) & GUC_LIST_QUOTE) || !SplitGUCList(pstrdup(value), ',', &items))
        return plan::literal(value);
    if (items == NIL) return "''";
    StringInfoData buffer;
    initStringInfo(&buffer);
    ListCell *cell;
    foreach (cell, items)
        appendStringInfo(&buffer, "%s%s", buffer.len ? ", " : "", plan::literal(static_cast<char *>(lfirst(cell))));
    return buffer.data;
}

void settle_settings(Description &description, Oid role, Oid database, const char *alter) {
    settle(description, psprintf("%s RESET ALL", alter), "");
    pg::each_row(DbRoleSettingRelationId, DbRoleSettingDatidRolidIndexId,
                 {{Anum_pg_db_role_setting_setdatabase, F_OIDEQ, ObjectIdGetDatum(database)},
                  {Anum_pg_db_role_setting_setrole, F_OIDEQ, ObjectIdGetDatum(role)}},
                 [&](HeapTuple tuple, TupleDesc descriptor) {
                     auto array = pg::column(tuple, descriptor, Anum_pg_db_role_setting_setconfig);
                     if (!array) return;
                     Datum *settings;
                     int count;
                     deconstruct_array(DatumGetArrayTypeP(*array), TEXTOID, -1, false, TYPALIGN_INT, &settings, nullptr,
                                       &count);
                     for (int i = 0; i < count; i++) {
                         char *name = TextDatumGetCString(settings[i]);
                         char *value = strchr(name, '=');
                         if (!value) continue;
                         *value++ = '\0';
                         settle(description,
                                psprintf("%s SET %s TO %s", alter, quote_identifier(name), setting_value(name, value)));
                     }
                 });
}

} // namespace

void describe_role(Description &description, Oid role) {
    const char *name = role_name(role);
    create(description, psprintf("CREATE ROLE %s", name));
    pg::with_cached(AUTHOID, role, [&](HeapTuple tuple) {
        settle(description, psprintf("ALTER ROLE %s%s", name, options_of(tuple)));
    });
    settle_memberships(description, role, name);
    settle_settings(description, role, InvalidOid, psprintf("ALTER ROLE %s", name));
    settle_settings(description, role, MyDatabaseId,
                    psprintf("ALTER ROLE %s IN DATABASE %s", name, quote_identifier(get_database_name(MyDatabaseId))));
}

} // namespace cedro::ddl
