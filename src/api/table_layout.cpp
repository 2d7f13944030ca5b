// Where rows and shards lie: hashes, shard ids and what is co-located.
#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/function.hpp"
#include "pg/text.hpp"
#include "table/key_type.hpp"
#include "table/table.hpp"
#include "unique/global_key.hpp"
#include "unique/global_key.hpp"

namespace cedro::api {
namespace {

/// A value of any type as a value of the key's type, by way of its text.
Datum as_key(const table::Table &table, Oid type, Datum value) {
    if (type == table.key_type) return value;
    const char *text;
    if (type == UNKNOWNOID) {
        text = DatumGetCString(value);
    } else {
        Oid output;
        bool is_varlena;
        getTypeOutputInfo(type, &output, &is_varlena);
        text = OidOutputFunctionCall(output, value);
    }
    Oid input;
    Oid argument;
    getTypeInputInfo(table.key_type, &input, &argument);
    return OidInputFunctionCall(input, const_cast<char *>(text), argument, -1);
}

Datum array_of(std::span<Datum> values, Oid type) {
    int16 length;
    bool is_by_value;
    char alignment;
    get_typlenbyvalalign(type, &length, &is_by_value, &alignment);
    return PointerGetDatum(construct_array(values.data(), static_cast<int>(values.size()), type, length, is_by_value,
                                           alignment));
}

pg::Vector<Oid> colocated_with(const table::Table &table) {
    if (table.colocation != 0) {
        pg::Vector<Oid> shown;
        for (Oid relid : table::colocated(table.colocation))
            if (!unique::is_key_table(relid)) shown.push(relid);
        return shown;
    }
    pg::Vector<Oid> alone;
    alone.push(table.relid);
    return alone;
}

} // namespace

PG_SQL_FUNCTION(hash_enum) {
    const Oid value = PG_GETARG_OID(0);
    const char *label = DatumGetCString(DirectFunctionCall1(enum_out, ObjectIdGetDatum(value)));
    return hash_any(static_cast<const unsigned char *>(static_cast<const void *>(label)),
                    static_cast<int>(strlen(label)));
}

PG_SQL_FUNCTION(worker_hash) {
    const Oid type = get_fn_expr_argtype(fcinfo->flinfo, 0);
    if (type == UNKNOWNOID || !OidIsValid(type))
        ereport(ERROR, (errcode(ERRCODE_INDETERMINATE_DATATYPE), errmsg("the type of the value is not known"),
                        errhint("Write it with its type, for example 'a'::text.")));
    const Oid function = table::key_hash_function(type);
    if (!OidIsValid(function))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
                        errmsg("type %s has no hash function", format_type_be(type))));
    PG_RETURN_INT32(DatumGetInt32(OidFunctionCall1Coll(function, PG_GET_COLLATION(), PG_GETARG_DATUM(0))));
}

PG_SQL_FUNCTION(get_shard_id_for_distribution_column) {
    if (PG_ARGISNULL(0))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("table_name cannot be NULL")));
    const table::Table &table = table::get(PG_GETARG_OID(0));
    const bool is_null = PG_ARGISNULL(1);
    int ordinal = 0;
    if (table.is_hash()) {
        const Oid type = get_fn_expr_argtype(fcinfo->flinfo, 1);
        ordinal = table::ordinal_of(table, is_null ? Datum{0} : as_key(table, type, PG_GETARG_DATUM(1)), is_null);
    }
    PG_RETURN_INT64(table.shards[static_cast<size_t>(ordinal)].id);
}

PG_SQL_FUNCTION(get_colocated_table_array) {
    pg::Vector<Datum> values;
    for (Oid relid : colocated_with(table::get(PG_GETARG_OID(0)))) values.push(ObjectIdGetDatum(relid));
    return array_of(values, REGCLASSOID);
}

PG_SQL_FUNCTION(get_colocated_shard_array) {
    const int64 shard = PG_GETARG_INT64(0);
    int ordinal = 0;
    const Oid relid = table::shell_of_shard(shard, &ordinal);
    if (!OidIsValid(relid))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("shard " INT64_FORMAT " does not exist", shard)));
    // A reference table's placements are kept by themselves; it is co-located with itself only.
    const table::Table &table = table::get(relid);
    pg::Vector<Datum> values;
    if (table.is_reference())
        values.push(Int64GetDatum(shard));
    else
        for (Oid other : colocated_with(table))
            values.push(Int64GetDatum(table::get(other).shards[static_cast<size_t>(ordinal)].id));
    return array_of(values, INT8OID);
}

} // namespace cedro::api
