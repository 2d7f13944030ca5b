// Turns column names into what pg_dist_partition stores, and back.
#include "catalog/partition_key.hpp"
#include "pg/function.hpp"

namespace cedro::api {
namespace {

const char *existing_table(Oid relid) {
    const char *name = get_rel_name(relid);
    if (name == nullptr)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation with OID %u does not exist", relid)));
    return name;
}

} // namespace

PG_SQL_FUNCTION(column_name_to_column) {
    Oid relid = PG_GETARG_OID(0);
    const char *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
    const char *table = existing_table(relid);
    AttrNumber column = get_attnum(relid, name);
    if (column == InvalidAttrNumber)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                        errmsg("column \"%s\" of relation \"%s\" does not exist", name, table)));
    if (column < 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
                        errmsg("cannot refer to system column \"%s\" of relation \"%s\"", name, table)));
    PG_RETURN_TEXT_P(cstring_to_text(catalog::partition_key_text(relid, column)));
}

PG_SQL_FUNCTION(column_to_column_name) {
    Oid relid = PG_GETARG_OID(0);
    const char *table = existing_table(relid);
    text *key = PG_GETARG_TEXT_PP(1);
    AttrNumber column = catalog::partition_key_column({VARDATA_ANY(key), static_cast<size_t>(VARSIZE_ANY_EXHDR(key))});
    if (column <= 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("the text is not a column"),
                        errhint("Give a value of pg_dist_partition.partkey or of column_name_to_column().")));
    const char *name = get_attname(relid, column, true);
    if (name == nullptr || get_attnum(relid, name) != column) // missing or dropped
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                        errmsg("column %d of relation \"%s\" does not exist", column, table)));
    PG_RETURN_TEXT_P(cstring_to_text(name));
}

} // namespace cedro::api
