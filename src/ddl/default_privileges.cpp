// ALTER DEFAULT PRIVILEGES: those of a schema travel with its description, the others by themselves.
#include "cluster/node.hpp"
#include "ddl/describe/kinds.hpp"
#include "ddl/describe/make.hpp"
#include "ddl/ship.hpp"
#include "ddl/statement.hpp"
#include "pg/list.hpp"

namespace cedro::ddl {

namespace {

List *option(const AlterDefaultPrivilegesStmt *statement, const char *name) {
    for (const DefElem *each : pg::ListOf<DefElem>(statement->options))
        if (strcmp(each->defname, name) == 0) return castNode(List, each->arg);
    return NIL;
}

void add_roles(pg::Vector<ObjectAddress> &objects, const List *specs) {
    for (const RoleSpec *spec : pg::ListOf<RoleSpec>(specs)) {
        if (spec->roletype == ROLESPEC_PUBLIC) continue;
        objects.push({AuthIdRelationId, get_rolespec_oid(spec, false), 0});
    }
}

} // namespace

void handle_default_privileges(const pg::Utility &utility) {
    const auto *statement = castNode(AlterDefaultPrivilegesStmt, utility.tree());
    utility.run();
    CommandCounterIncrement();
    if (!has_other_nodes()) return;
    if (!cluster::is_coordinator()) {
        ereport(NOTICE, (errmsg("the default privileges stay on this node"),
                         errdetail("Only what is set on the coordinator goes to all nodes.")));
        return;
    }
    pg::Vector<ObjectAddress> needed;
    add_roles(needed, option(statement, "roles"));
    needed.push({AuthIdRelationId, GetUserId(), 0});
    add_roles(needed, statement->action->grantees);
    pg::Vector<const char *> on_others;
    for (const Node *name : pg::ListOf<Node>(option(statement, "schemas"))) {
        const ObjectAddress schema{NamespaceRelationId, get_namespace_oid(strVal(name), false), 0};
        needed.push(schema);
        on_others.push(settle_command(schema));
    }
    if (on_others.empty()) on_others.push(default_acls_command(InvalidOid));
    pg::Vector<const char *> everywhere;
    Closure closure;
    for (const ObjectAddress &each : needed) add_with_dependencies(closure, each);
    for (const char *command : make_commands(closure)) everywhere.push(command);
    carry(everywhere, on_others);
}

} // namespace cedro::ddl
