#include "worker/lent_privilege.hpp"

#include "pg/list.hpp"
#include "pg/object.hpp"
#include "pg/privilege.hpp"
#include "pg/text.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::worker {

namespace {

constinit Needs registered_needs = nullptr;

const char *name_of(const Grant &grant) {
    switch (grant.kind) {
    case OBJECT_SCHEMA: return psprintf("SCHEMA %s", quote_identifier(get_namespace_name(grant.object)));
    case OBJECT_TYPE: return psprintf("TYPE %s", format_type_be_qualified(grant.object));
    case OBJECT_LANGUAGE: return psprintf("LANGUAGE %s", quote_identifier(get_language_name(grant.object, false)));
    default: return psprintf("TABLE %s", pg::qualified_name(grant.object));
    }
}

void change_privileges(const char *format, std::span<const char *const> texts, Oid role) {
    for (const char *text : texts)
        pg::execute_definition(
            pg::parse_definition(psprintf(format, text, quote_identifier(GetUserNameFromId(role, false)))));
}

Oid object_named(ObjectType kind, Node *name) {
    if (kind == OBJECT_TYPE) name = reinterpret_cast<Node *>(makeTypeNameFromNameList(castNode(List, name)));
    Relation relation = nullptr;
    return get_object_address(kind, name, &relation, AccessShareLock, false).objectId;
}

} // namespace

Grants grants_named(std::span<const char *const> texts) {
    Grants grants;
    for (const char *text : texts) {
        auto *statement = castNode(GrantStmt, pg::parse_definition(psprintf("GRANT %s TO PUBLIC", text)));
        for (Node *name : pg::ListOf<Node>(statement->objects))
            for (const AccessPriv *each : pg::ListOf<AccessPriv>(statement->privileges)) {
                const char *privilege = str_toupper(each->priv_name, strlen(each->priv_name), C_COLLATION_OID);
                grants.push({privilege, statement->objtype, object_named(statement->objtype, name)});
            }
    }
    return grants;
}

void set_needs(Needs needs) { registered_needs = needs; }

Grants needs_of_table(Oid table) { return grants_named(registered_needs(table)); }

pg::Vector<const char *> lacking(Oid role, std::span<const Grant> grants) {
    pg::Vector<const char *> texts;
    for (const Grant &grant : grants)
        if (!pg::has_privilege(role, grant.kind, grant.object, grant.privilege))
            texts.push(psprintf("%s ON %s", grant.privilege, name_of(grant)));
    return texts;
}

void lending(Oid role, std::span<const Grant> grants, pg::FunctionRef<void()> body) {
    const pg::Vector<const char *> lent = lacking(role, grants);
    change_privileges("GRANT %s TO %s", lent, role);
    body();
    change_privileges("REVOKE %s FROM %s", lent, role);
}

void lending_everywhere(Oid role, std::span<const Grant> grants, pg::FunctionRef<void()> body) {
    const pg::Vector<const char *> lent = lacking(role, grants);
    auto change = [&](const char *format) {
        pg::Vector<const char *> commands;
        for (const char *each : lent)
            commands.push(psprintf(format, each, quote_identifier(GetUserNameFromId(role, false))));
        if (!commands.empty()) transaction::run_everywhere(commands);
    };
    change("GRANT %s TO %s");
    body();
    change("REVOKE %s FROM %s");
}

} // namespace cedro::worker
