// Roles: made, changed, granted and dropped on all nodes.
#include "cluster/node.hpp"
#include "ddl/describe/make.hpp"
#include "ddl/ship.hpp"
#include "ddl/statement.hpp"
#include "pg/list.hpp"
#include "plan/sql_text.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::ddl {

namespace {

void add(pg::Vector<Oid> &roles, const RoleSpec *spec) {
    const Oid role = get_rolespec_oid(spec, true);
    if (OidIsValid(role) && !roles.contains(role)) roles.push(role);
}

void add_all(pg::Vector<Oid> &roles, List *specs) {
    for (const RoleSpec *spec : pg::ListOf<RoleSpec>(specs)) add(roles, spec);
}

// Members of the role are described with the members.
void add_members(pg::Vector<Oid> &roles, List *options) {
    for (const DefElem *option : pg::ListOf<DefElem>(options))
        for (const char *name : {"rolemembers", "adminmembers"})
            if (strcmp(option->defname, name) == 0) add_all(roles, reinterpret_cast<List *>(option->arg));
}

pg::Vector<Oid> roles_of(Node *statement) {
    pg::Vector<Oid> roles;
    switch (nodeTag(statement)) {
    case T_CreateRoleStmt: {
        auto *create = reinterpret_cast<CreateRoleStmt *>(statement);
        roles.push(get_role_oid(create->role, false));
        add_members(roles, create->options);
        break;
    }
    case T_AlterRoleStmt: {
        auto *alter = reinterpret_cast<AlterRoleStmt *>(statement);
        add(roles, alter->role);
        add_members(roles, alter->options);
        break;
    }
    case T_AlterRoleSetStmt: {
        auto *alter = reinterpret_cast<AlterRoleSetStmt *>(statement);
        if (alter->role) add(roles, alter->role);
        break;
    }
    case T_GrantRoleStmt: add_all(roles, reinterpret_cast<GrantRoleStmt *>(statement)->grantee_roles); break;
    default: break;
    }
    return roles;
}

ObjectAddress role_address(Oid role) {
    ObjectAddress object;
    ObjectAddressSet(object, AuthIdRelationId, role);
    return object;
}

void say_stays() {
    if (has_other_nodes())
        ereport(NOTICE, (errmsg("the change stays on this node"),
                         errdetail("Only what is done to roles on the coordinator goes to all nodes.")));
}

void share(std::span<const Oid> roles) {
    pg::Vector<const char *> commands;
    for (Oid role : roles) {
        const ObjectAddress object = role_address(role);
        const bool was_recorded = is_recorded(object);
        for (const char *command : make_commands(closure_of(object))) commands.push(command);
        if (was_recorded) commands.push(make_command(object));
    }
    if (!commands.empty()) transaction::run_everywhere(commands);
}

const char *role_list(List *specs) {
    StringInfoData names;
    initStringInfo(&names);
    for (const RoleSpec *spec : pg::ListOf<RoleSpec>(specs))
        appendStringInfo(&names, "%s%s", names.len ? ", " : "", quote_identifier(get_rolespec_name(spec)));
    return names.data;
}

void drop_roles(const pg::Utility &utility, List *specs) {
    pg::Vector<Oid> roles;
    pg::Vector<const char *> commands;
    add_all(roles, specs);
    for (Oid role : roles)
        commands.push(psprintf("SELECT citus_internal.drop_role(%s)", plan::literal(GetUserNameFromId(role, false))));
    utility.run();
    for (Oid role : roles) unrecord(role_address(role));
    if (cluster::is_coordinator())
        carry({}, commands);
    else
        say_stays();
}

// Privileges go too, not only objects; the objects that the cluster shares have gone by the event trigger.
void change_owned(const pg::Utility &utility) {
    const char *command = nullptr;
    pg::Vector<Oid> roles;
    if (IsA(utility.tree(), DropOwnedStmt)) {
        auto *drop = reinterpret_cast<DropOwnedStmt *>(utility.tree());
        add_all(roles, drop->roles);
        command = psprintf("DROP OWNED BY %s %s", role_list(drop->roles),
                           drop->behavior == DROP_CASCADE ? "CASCADE" : "RESTRICT");
    } else {
        auto *reassign = reinterpret_cast<ReassignOwnedStmt *>(utility.tree());
        add_all(roles, reassign->roles);
        add(roles, reassign->newrole);
        command = psprintf("REASSIGN OWNED BY %s TO %s", role_list(reassign->roles),
                           quote_identifier(get_rolespec_name(reassign->newrole)));
    }
    utility.run();
    share(roles);
    const char *const commands[] = {command};
    carry({}, commands);
}

} // namespace

void handle_database_setting(const pg::Utility &utility) {
    utility.run();
    if (has_other_nodes())
        ereport(NOTICE,
                (errmsg("the setting stays on this node"), errdetail("Settings of databases do not go to other nodes."),
                 errhint("Use run_command_on_all_nodes() to set it everywhere.")));
}

void handle_role(const pg::Utility &utility) {
    Node *statement = utility.tree();
    if (IsA(statement, DropRoleStmt)) return drop_roles(utility, reinterpret_cast<DropRoleStmt *>(statement)->roles);
    if (!cluster::is_coordinator()) {
        utility.run();
        return say_stays();
    }
    if (IsA(statement, DropOwnedStmt) || IsA(statement, ReassignOwnedStmt)) return change_owned(utility);
    utility.run();
    CommandCounterIncrement();
    const pg::Vector<Oid> roles = roles_of(statement);
    if (roles.empty() && has_other_nodes())
        ereport(NOTICE, (errmsg("the setting stays on this node"),
                         errdetail("Settings for all roles do not go to other nodes.")));
    share(roles);
}

} // namespace cedro::ddl
