// What describes and makes objects of other nodes, as SQL functions of citus_internal.
#include "ddl/describe/make.hpp"
#include "ddl/handler.hpp"
#include "ddl/remove.hpp"
#include "pg/array.hpp"
#include "pg/function.hpp"
#include "pg/spi.hpp"
#include "pg/trigger.hpp"
#include "sync/forget.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::api {
namespace {

void require_cluster(const char *function) {
    if (transaction::is_applying() || superuser()) return;
    ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied for function %s", function),
                    errdetail("Only the nodes of the cluster call it.")));
}

pg::Vector<const char *> texts(Datum array) {
    Datum *items;
    bool *nulls;
    int count;
    deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls, &count);
    pg::Vector<const char *> result;
    for (int i = 0; i < count; i++) {
        if (nulls[i])
            ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the array must not contain nulls")));
        result.push(TextDatumGetCString(items[i]));
    }
    return result;
}

List *list(Datum array) {
    List *result = NIL;
    for (const char *item : texts(array)) result = lappend(result, const_cast<char *>(item));
    return result;
}

// The role a text names; InvalidOid for the empty one.
Oid role_named(Datum role) {
    const char *name = TextDatumGetCString(role);
    return *name ? get_role_oid(name, false) : InvalidOid;
}

/// What make_object and settle_object are given.
struct Arguments {
    pg::Vector<const char *> needs;
    pg::Vector<const char *> create;
    pg::Vector<const char *> settle;
    ddl::MakeRequest request;
};

/// type, object_names, object_args, definer, needs, create_commands, settle_commands, replaceable, fingerprint.
Arguments arguments_of(FunctionCallInfo fcinfo) {
    Arguments all{texts(PG_GETARG_DATUM(4)), texts(PG_GETARG_DATUM(5)), texts(PG_GETARG_DATUM(6)), ddl::MakeRequest{}};
    all.request = {text_to_cstring(PG_GETARG_TEXT_PP(0)),
                   list(PG_GETARG_DATUM(1)),
                   list(PG_GETARG_DATUM(2)),
                   role_named(PG_GETARG_DATUM(3)),
                   all.needs,
                   all.create,
                   all.settle,
                   PG_GETARG_BOOL(7),
                   text_to_cstring(PG_GETARG_TEXT_PP(8))};
    return all;
}

/// types, object_names, object_args (each a text[] in text form): those that exist.
pg::Vector<ObjectAddress> found_objects(FunctionCallInfo fcinfo) {
    const pg::Vector<const char *> types = texts(PG_GETARG_DATUM(0));
    const pg::Vector<const char *> names = texts(PG_GETARG_DATUM(1));
    const pg::Vector<const char *> arguments = texts(PG_GETARG_DATUM(2));
    auto array = [](const char *text) {
        return list(OidInputFunctionCall(F_ARRAY_IN, const_cast<char *>(text), TEXTOID, -1));
    };
    pg::Vector<ObjectAddress> objects;
    for (size_t i = 0; i < types.size() && i < names.size() && i < arguments.size(); i++) {
        const ObjectAddress object = ddl::find_object(types[i], array(names[i]), array(arguments[i]));
        if (OidIsValid(object.objectId)) objects.push(object);
    }
    return objects;
}

} // namespace

PG_SQL_FUNCTION(make_object) {
    require_cluster("make_object");
    ddl::make_object(arguments_of(fcinfo).request);
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(settle_object) {
    require_cluster("settle_object");
    ddl::settle_object(arguments_of(fcinfo).request);
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(restrict_memberships) {
    require_cluster("restrict_memberships");
    ddl::restrict_memberships(text_to_cstring(PG_GETARG_TEXT_PP(0)), list(PG_GETARG_DATUM(1)),
                              list(PG_GETARG_DATUM(2)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(repeat_statement) {
    require_cluster("repeat_statement");
    const char *path = text_to_cstring(PG_GETARG_TEXT_PP(0));
    const char *statement = text_to_cstring(PG_GETARG_TEXT_PP(1));
    const Oid role = role_named(PG_GETARG_DATUM(2));
    // What it has to say was said where it ran first.
    pg::with_settings({{"search_path", path}, {"client_min_messages", "warning"}}, [&] {
        if (OidIsValid(role)) return ddl::repeat_as(role, texts(PG_GETARG_DATUM(3)), statement);
        transaction::apply([&] { pg::with_spi([&] { pg::sql(statement); }); });
    });
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(drop_table) {
    require_cluster("drop_table");
    Datum *items;
    int count;
    deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &items,
                      nullptr, &count);
    pg::Vector<int64> shards;
    for (int i = 0; i < count; i++) shards.push(DatumGetInt64(items[i]));
    ddl::remove_table({text_to_cstring(PG_GETARG_TEXT_PP(0)), text_to_cstring(PG_GETARG_TEXT_PP(1)), shards},
                      PG_GETARG_BOOL(3));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(drop_objects) {
    require_cluster("drop_objects");
    const pg::Vector<ObjectAddress> objects = found_objects(fcinfo);
    ddl::remove_objects(objects, PG_GETARG_BOOL(3));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(forget_objects) {
    require_cluster("forget_objects");
    sync::forget_objects(found_objects(fcinfo));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(drop_role) {
    require_cluster("drop_role");
    ddl::remove_role(text_to_cstring(PG_GETARG_TEXT_PP(0)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(citus_drop_trigger) {
    if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("this function can only be called as an event trigger")));
    ddl::carry_drop(reinterpret_cast<EventTriggerData *>(fcinfo->context)->parsetree);
    PG_RETURN_NULL();
}

PG_SQL_FUNCTION(make_foreign_key) {
    require_cluster("make_foreign_key");
    ddl::make_foreign_key(PG_GETARG_OID(0), text_to_cstring(PG_GETARG_TEXT_PP(1)),
                          text_to_cstring(PG_GETARG_TEXT_PP(2)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(make_policy) {
    require_cluster("make_policy");
    ddl::make_policy(PG_GETARG_OID(0), text_to_cstring(PG_GETARG_TEXT_PP(1)), text_to_cstring(PG_GETARG_TEXT_PP(2)),
                     texts(PG_GETARG_DATUM(3)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(attach_partition) {
    require_cluster("attach_partition");
    ddl::attach_partition(PG_GETARG_OID(0), PG_GETARG_OID(1), text_to_cstring(PG_GETARG_TEXT_PP(2)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(set_acl) {
    require_cluster("set_acl");
    if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2)) PG_RETURN_NULL();
    const char *type = text_to_cstring(PG_GETARG_TEXT_PP(0));
    const ObjectAddress object = ddl::find_object(type, list(PG_GETARG_DATUM(1)), list(PG_GETARG_DATUM(2)));
    if (!OidIsValid(object.objectId))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("this %s does not exist", type)));
    ddl::set_acl(object, PG_ARGISNULL(3) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(3)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(adopt_sequence) {
    require_cluster("adopt_sequence");
    ddl::adopt_sequence(PG_GETARG_OID(0), PG_GETARG_OID(1));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(keep_sequence_position) {
    require_cluster("keep_sequence_position");
    ddl::keep_position(PG_GETARG_OID(0), PG_GETARG_OID(1));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(set_default_acls) {
    require_cluster("set_default_acls");
    const Oid schema = PG_ARGISNULL(0) ? InvalidOid : PG_GETARG_OID(0);
    if (!PG_ARGISNULL(1)) ddl::set_default_acls(schema, texts(PG_GETARG_DATUM(1)));
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(describe_object) {
    ObjectAddress object;
    ObjectAddressSet(object, PG_GETARG_OID(0), PG_GETARG_OID(1));
    const ddl::Description description = ddl::describe(object);
    pg::Vector<Datum> items;
    for (const char *command : description.create) items.push(CStringGetTextDatum(command));
    for (const char *command : description.settle) items.push(CStringGetTextDatum(command));
    PG_RETURN_ARRAYTYPE_P(
        construct_array(items.begin(), static_cast<int>(items.size()), TEXTOID, -1, false, TYPALIGN_INT));
}

} // namespace cedro::api
