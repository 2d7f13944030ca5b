#include "ddl/ship.hpp"

#include "ddl/describe/make.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::ddl {

namespace {

// A partition is made with its parents.
pg::Vector<Oid> with_ancestors(Oid relid) {
    pg::Vector<Oid> tables;
    tables.push(relid);
    if (get_rel_relispartition(relid))
        for (Oid ancestor : pg::OidsOf(get_partition_ancestors(relid))) tables.push(ancestor);
    return tables;
}

ObjectAddress relation_address(Oid relid) {
    ObjectAddress object;
    ObjectAddressSet(object, RelationRelationId, relid);
    return object;
}

// Those that a column owns come and go with shells: they may be missing although they were sent once.
bool is_sequence(const ObjectAddress &object) {
    return object.classId == RelationRelationId && get_rel_relkind(object.objectId) == RELKIND_SEQUENCE;
}

void add_views(pg::Vector<const char *> &commands, Closure &closure, Oid relid, KnownTables known) {
    for (Oid view : views_over(relid)) {
        const size_t before = closure.objects.size();
        add_with_dependencies(closure, relation_address(view), known);
        closure.obstacle.reset();
        for (size_t i = before; i < closure.objects.size(); i++)
            if (!is_recorded(closure.objects[i])) commands.push(make_command(closure.objects[i]));
    }
}

} // namespace

const char *explain_obstacle(const Closure &closure, const ObjectAddress &object) {
    const ObjectAddress &obstacle = *closure.obstacle;
    const char *what = getObjectDescription(&obstacle, false);
    if (obstacle.classId == object.classId && obstacle.objectId == object.objectId)
        return psprintf("%s %s", what, closure.reason);
    return psprintf("%s depends on %s, which %s", getObjectDescription(&object, false), what, closure.reason);
}

pg::Vector<const char *> make_commands(const Closure &closure) {
    pg::Vector<const char *> commands;
    for (const ObjectAddress &object : closure.objects)
        if (is_sequence(object) || !is_recorded(object)) commands.push(make_command(object));
    return commands;
}

void ship_table(Oid relid) {
    const pg::Vector<Oid> known = with_ancestors(relid);
    const ObjectAddress table = relation_address(relid);
    Closure closure = closure_of(table, known);
    if (closure.obstacle)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("table \"%s\" cannot be made on the other nodes", get_rel_name(relid)),
                        errdetail_internal("%s.", explain_obstacle(closure, table)),
                        errhint("Drop what stands in the way, or change the table so that it does not need it.")));
    pg::Vector<const char *> commands = make_commands(closure);
    if (is_recorded(table)) commands.push(make_command(table)); // once shipped, but not certainly there now
    for (const char *command : foreign_key_commands(relid)) commands.push(command);
    add_views(commands, closure, relid, known);
    transaction::run_everywhere(commands);
}

const char *ship_object(const ObjectAddress &object) {
    const Closure closure = closure_of(object);
    if (closure.obstacle) return explain_obstacle(closure, object);
    const pg::Vector<const char *> commands = make_commands(closure);
    if (!commands.empty()) transaction::run_everywhere(commands);
    return nullptr;
}

} // namespace cedro::ddl
