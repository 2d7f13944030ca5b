#include "ddl/describe/make.hpp"
#include "pg/list.hpp"

#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "ddl/describe/kinds.hpp"
#include "pg/ddl.hpp"
#include "pg/row_security.hpp"
#include "pg/scope.hpp"
#include "plan/sql_text.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"
#include "worker/shard_scope.hpp"

namespace cedro::ddl {

namespace {

// Bodies of functions may name what comes later.
void run(std::span<const char *const> commands) {
    pg::with_settings({{"check_function_bodies", "off"}, {"client_min_messages", "warning"}},
                      [&] { transaction::run_here(commands); });
}

// What a user wrote into a definition must not be evaluated with more than its owner's rights.
void define_as(Oid role, std::span<const char *const> needs, std::span<const char *const> commands,
               worker::SearchPath path = worker::SearchPath::Catalog) {
    pg::with_settings({{"check_function_bodies", "off"}, {"client_min_messages", "warning"}}, [&] {
        worker::as_definer(
            [&] {
                worker::as_role(role, worker::grants_named(needs), [&] {
                    for (const char *command : commands) pg::execute_definition(pg::parse_definition(command));
                });
            },
            path);
    });
}

void define(const MakeRequest &request) {
    if (OidIsValid(request.definer))
        define_as(request.definer, request.needs, request.create);
    else
        run(request.create);
}

// The new owner replaces what the old one had.
void replace(const ObjectAddress &object, const MakeRequest &request) {
    const char *const owner[] = {OidIsValid(request.definer) ? owner_command(object, request.definer) : nullptr};
    if (owner[0]) run(owner);
    define(request);
}

bool is_equal(const ObjectAddress &object, const MakeRequest &request) {
    return strcmp(fingerprint(describe(object)), request.fingerprint) == 0;
}

// Values given out by a sequence that goes with its table and comes back with it.
struct Position {
    const char *sequence;
    int64 last;
    bool is_called;
};

pg::Vector<Position> positions_of(Oid table) {
    pg::Vector<Position> positions;
    for (Oid sequence : pg::OidsOf(getOwnedSequences(table)))
        pg::each_row(sequence, InvalidOid, {}, [&](HeapTuple tuple, TupleDesc) {
            auto *data = pg::fields<FormData_pg_sequence_data>(tuple);
            positions.push({pg::qualified_name(sequence), data->last_value, data->is_called});
        });
    return positions;
}

// An outdated shell goes and comes back. Its sequences keep their place: a value
// that was given out is not given out again.
void replace_shell(const ObjectAddress &object, const MakeRequest &request) {
    const pg::Vector<Position> positions = positions_of(object.objectId);
    pg::Vector<const char *> commands;
    for (Oid sequence : pg::OidsOf(getOwnedSequences(object.objectId))) {
        Oid table = InvalidOid;
        int32 column = 0;
        if (sequenceIsOwned(sequence, DEPENDENCY_AUTO, &table, &column))
            commands.push(psprintf("ALTER SEQUENCE %s OWNED BY NONE", pg::qualified_name(sequence)));
    }
    commands.push(psprintf("DROP TABLE %s CASCADE", pg::qualified_name(object.objectId)));
    run(commands);
    define(request);
    commands.clear();
    for (const Position &each : positions)
        commands.push(psprintf("SELECT pg_catalog.setval(to_regclass(%s), " INT64_FORMAT ", %s)",
                               plan::literal(each.sequence), each.last, each.is_called ? "true" : "false"));
    run(commands);
}

[[noreturn]] void refuse(const ObjectAddress &object) {
    ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
                    errmsg("%s exists on a node and differs from the one on the coordinator",
                           getObjectDescription(&object, false)),
                    errdetail("The node is of group %d.", cluster::local_group()),
                    errhint("Drop or rename it on that node, or make it equal there.")));
}

bool is_shell(const ObjectAddress &object) {
    return object.classId == RelationRelationId && (table::is_shell(object.objectId) || is_recorded(object));
}

bool is_table(const ObjectAddress &object) {
    if (object.classId != RelationRelationId) return false;
    const char kind = get_rel_relkind(object.objectId);
    return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE;
}

// Whether the object can be brought to the described state without making it anew.
bool settles(const ObjectAddress &object, const MakeRequest &request) {
    if (is_equal(object, request)) return true;
    if (strcmp(getObjectTypeDescription(&object, false), request.type) != 0) refuse(object);
    if (request.is_replaceable) replace(object, request);
    run(request.settle);
    return is_equal(object, request);
}

void bring_to(const ObjectAddress &object, const MakeRequest &request) {
    if (is_table(object) && !is_shell(object) && !is_equal(object, request)) refuse(object);
    const bool is_outdated = is_table(object) && !is_same_structure(fingerprint(describe(object)), request.fingerprint);
    if (!is_outdated && settles(object, request)) return;
    if (!is_table(object)) refuse(object);
    replace_shell(object, request);
    run(request.settle);
}

} // namespace

void make_object(const MakeRequest &request) {
    ObjectAddress object = find_object(request.type, request.names, request.arguments);
    if (OidIsValid(object.objectId)) {
        bring_to(object, request);
    } else {
        define(request);
        run(request.settle);
    }
    CommandCounterIncrement();
    object = find_object(request.type, request.names, request.arguments);
    if (!OidIsValid(object.objectId))
        ereport(ERROR,
                (errcode(ERRCODE_INTERNAL_ERROR), errmsg("the commands for a %s did not make it", request.type)));
    record(object);
}

void settle_object(const MakeRequest &request) {
    const ObjectAddress object = find_object(request.type, request.names, request.arguments);
    if (!OidIsValid(object.objectId))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
                        errmsg("a %s that was changed on the coordinator does not exist on a node", request.type),
                        errdetail("The node is of group %d.", cluster::local_group()),
                        errhint("Run SELECT start_metadata_sync_to_node() for the node on the coordinator.")));
    if (!settles(object, request)) refuse(object);
}

void make_foreign_key(Oid table, const char *name, const char *definition) {
    const char *table_name = pg::qualified_name(table);
    const Oid existing = get_relation_constraint_oid(table, name, true);
    pg::Vector<const char *> commands;
    if (OidIsValid(existing)) {
        const Datum value = OidFunctionCall1(F_PG_GET_CONSTRAINTDEF_OID, ObjectIdGetDatum(existing));
        if (strcmp(TextDatumGetCString(value), definition) == 0) return;
        commands.push(psprintf("ALTER TABLE %s DROP CONSTRAINT %s", table_name, quote_identifier(name)));
    }
    commands.push(psprintf("ALTER TABLE %s ADD CONSTRAINT %s %s", table_name, quote_identifier(name), definition));
    run(commands);
}

void make_policy(Oid table, const char *name, const char *definition, std::span<const char *const> needs) {
    if (OidIsValid(get_relation_policy_oid(table, name, true))) {
        const char *const drop[] = {
            psprintf("DROP POLICY %s ON %s", quote_identifier(name), pg::qualified_name(table))};
        run(drop);
    }
    define_as(worker::owner_of(table), needs, {&definition, 1});
}

void attach_partition(Oid parent, Oid partition, const char *bound) {
    if (get_rel_relispartition(partition)) return;
    const char *command = psprintf("ALTER TABLE %s ATTACH PARTITION %s %s", pg::qualified_name(parent),
                                   pg::qualified_name(partition), bound);
    pg::Vector<const char *> needs;
    for (Oid relid : {parent, partition})
        needs.push(psprintf("USAGE ON SCHEMA %s", quote_identifier(get_namespace_name(get_rel_namespace(relid)))));
    define_as(worker::owner_of_both(parent, partition), needs, {&command, 1});
}

void repeat_as(Oid role, std::span<const char *const> needs, const char *statement) {
    define_as(role, needs, {&statement, 1}, worker::SearchPath::Current);
}

void restrict_memberships(const char *role, List *granted, List *with_admin_option) {
    auto contains = [](const List *names, const char *name) {
        for (const char *each : pg::ListOf<char>(names))
            if (strcmp(each, name) == 0) return true;
        return false;
    };
    pg::Vector<const char *> commands;
    const char *member = quote_identifier(role);
    pg::each_row(AuthMemRelationId, AuthMemMemRoleIndexId,
                 {{Anum_pg_auth_members_member, F_OIDEQ, ObjectIdGetDatum(get_role_oid(role, false))}},
                 [&](HeapTuple tuple, TupleDesc) {
                     auto *form = pg::fields<FormData_pg_auth_members>(tuple);
                     const char *name = GetUserNameFromId(form->roleid, false);
                     if (!contains(granted, name))
                         commands.push(psprintf("REVOKE %s FROM %s", quote_identifier(name), member));
                     else if (form->admin_option && !contains(with_admin_option, name))
                         commands.push(psprintf("REVOKE ADMIN OPTION FOR %s FROM %s", quote_identifier(name), member));
                 });
    run(commands);
}

} // namespace cedro::ddl
