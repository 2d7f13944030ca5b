#include "ddl/statement.hpp"

#include "cluster/node.hpp"
#include "ddl/describe/kinds.hpp"
#include "ddl/ship.hpp"
#include "pg/list.hpp"
#include "plan/sql_text.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::ddl {

const char *text_of(const pg::Utility &utility) {
    const int start = utility.statement->stmt_location;
    const int length = utility.statement->stmt_len;
    const char *text = utility.query_string + (start > 0 ? start : 0);
    return length > 0 ? pnstrdup(text, static_cast<Size>(length)) : pstrdup(text);
}

namespace {

// "$user" and schemas that do not exist are resolved here: roles differ there. Temporary objects stay out of it.
const char *effective_search_path() {
    StringInfoData path;
    initStringInfo(&path);
    for (Oid schema : pg::OidsOf(fetch_search_path(false))) {
        if (isAnyTempNamespace(schema)) continue;
        const char *name = get_namespace_name(schema);
        if (name) appendStringInfo(&path, "%s%s", path.len ? ", " : "", quote_identifier(name));
    }
    appendStringInfoString(&path, path.len ? ", pg_temp" : "pg_temp");
    return path.data;
}

} // namespace

const char *repeat_command(const char *sql) {
    return psprintf("SELECT citus_internal.repeat_statement(%s, %s, '', '{}')", plan::literal(effective_search_path()),
                    plan::literal(sql));
}

const char *repeat_command_as_owner(const char *sql, const ObjectAddress &object) {
    const Oid owner = owner_of(object);
    if (superuser_arg(owner)) return repeat_command(sql);
    return psprintf("SELECT citus_internal.repeat_statement(%s, %s, %s, %s)", plan::literal(effective_search_path()),
                    plan::literal(sql), plan::literal(GetUserNameFromId(owner, false)), text_array(needs_of(object)));
}

void require_here(const ObjectAddress &object) {
    if (cluster::is_coordinator()) return;
    const cluster::Node *coordinator = cluster::primary_of(cluster::kCoordinatorGroup);
    const char *what = getObjectDescription(&object, false);
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("%s is on all nodes and can only be changed on the coordinator", what),
                    coordinator ? errhint("Connect to %s:%d and do it there.", coordinator->host, coordinator->port)
                                : errhint("Connect to the coordinator and do it there.")));
}

void carry(std::span<const char *const> everywhere, std::span<const char *const> on_others) {
    transaction::run_everywhere(everywhere);
    if (!on_others.empty()) transaction::run_on_others(on_others);
}

void add_new_dependencies(pg::Vector<const char *> &commands, const ObjectAddress &object, std::span<const Oid> known) {
    const Closure closure = closure_of(object, known);
    if (closure.obstacle)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("%s is on all nodes and cannot be changed so", getObjectDescription(&object, false)),
                        errdetail_internal("%s.", explain_obstacle(closure, object))));
    Closure others;
    for (const ObjectAddress &each : closure.objects)
        if (each.classId != object.classId || each.objectId != object.objectId) others.objects.push(each);
    for (const char *command : make_commands(others)) commands.push(command);
}

bool has_other_nodes() { return !cluster::other_nodes().empty(); }

} // namespace cedro::ddl
