// What describes and makes objects of other nodes, as SQL functions of citus_internal.
#include "ddl/describe/make.hpp"
#include "pg/array.hpp"
#include "pg/function.hpp"
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

} // namespace

PG_SQL_FUNCTION(make_object) {
    require_cluster("make_object");
    const pg::Vector<const char *> create = texts(PG_GETARG_DATUM(3));
    const pg::Vector<const char *> settle = texts(PG_GETARG_DATUM(4));
    ddl::make_object({text_to_cstring(PG_GETARG_TEXT_PP(0)), list(PG_GETARG_DATUM(1)), list(PG_GETARG_DATUM(2)), create,
                      settle, PG_GETARG_BOOL(5), text_to_cstring(PG_GETARG_TEXT_PP(6))});
    PG_RETURN_VOID();
}

PG_SQL_FUNCTION(make_foreign_key) {
    require_cluster("make_foreign_key");
    ddl::make_foreign_key(PG_GETARG_OID(0), text_to_cstring(PG_GETARG_TEXT_PP(1)),
                          text_to_cstring(PG_GETARG_TEXT_PP(2)));
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
    ddl::adopt_sequence(PG_GETARG_OID(0));
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
