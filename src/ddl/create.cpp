// CREATE of objects other than tables: they follow to all nodes in the same
// transaction, or a NOTICE says that they stayed.
#include "cluster/node.hpp"
#include "ddl/describe/make.hpp"
#include "ddl/ship.hpp"
#include "ddl/statement.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::ddl {

namespace {

// Tables, sequences and the like live where they were made until something distributed needs them.
bool is_for_all(const ObjectAddress &object) {
    if (object.classId != RelationRelationId) return true;
    const char kind = get_rel_relkind(object.objectId);
    return kind == RELKIND_VIEW || kind == RELKIND_MATVIEW;
}

bool is_temporary(const ObjectAddress &object) {
    const Oid schema = get_object_namespace(&object);
    return OidIsValid(schema) && isAnyTempNamespace(schema);
}

void say_stayed(const ObjectAddress &object, const char *reason) {
    if (!has_other_nodes()) return;
    const char *what = getObjectDescription(&object, false);
    ereport(NOTICE, (errmsg("%s stays on this node", what), errdetail_internal("%s.", reason)));
}

void share(pg::Vector<const char *> &commands, const ObjectAddress &object) {
    const bool was_recorded = is_shared(object);
    const Closure closure = closure_of(object);
    if (closure.obstacle && was_recorded)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("%s is on all nodes and cannot be changed so", getObjectDescription(&object, false)),
                        errdetail_internal("%s.", explain_obstacle(closure, object)),
                        errhint("Drop it and make it again, if it is to live on this node only.")));
    if (closure.obstacle) return say_stayed(object, explain_obstacle(closure, object));
    for (const char *command : make_commands(closure)) commands.push(command);
    if (was_recorded) commands.push(make_command(object));
}

} // namespace

void handle_create(const pg::Utility &utility) {
    const Touched touched = watch([&] { utility.run(); });
    pg::Vector<const char *> commands;
    for (const ObjectAddress &object : touched.all()) {
        if (!is_for_all(object) || is_temporary(object)) continue;
        if (cluster::is_coordinator()) {
            share(commands, object);
            continue;
        }
        if (is_shared(object)) require_here(object);
        say_stayed(object, "Only what is made on the coordinator goes to all nodes");
    }
    if (!commands.empty()) transaction::run_everywhere(commands);
}

} // namespace cedro::ddl
