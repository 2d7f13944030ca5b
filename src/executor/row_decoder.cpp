#include "executor/row_decoder.hpp"

#include "catalog/settings.hpp"
#include "pg/catalog.hpp"
#include "pg/domain.hpp"
#include "pg/guc.hpp"
#include "pg/scope.hpp"
#include "plan/binary_type.hpp"

namespace cedro::executor {

Decoder *make_decoder(TupleDesc type) {
    auto *decoder = static_cast<Decoder *>(palloc0(sizeof(Decoder)));
    decoder->type = type;
    decoder->is_binary = setting::enable_binary_protocol && plan::travels_in_binary(type);
    decoder->columns = static_cast<Decoder::Column *>(palloc0(sizeof(Decoder::Column) * Max(type->natts, 1)));
    for (int i = 0; i < type->natts; i++) {
        const Form_pg_attribute attribute = TupleDescAttr(type, i);
        Decoder::Column &column = decoder->columns[i];
        Oid function;
        // Values were checked against their domain where they were made.
        const Oid type_oid = getBaseType(attribute->atttypid);
        if (decoder->is_binary)
            getTypeBinaryInputInfo(type_oid, &function, &column.parameter);
        else
            getTypeInputInfo(type_oid, &function, &column.parameter);
        fmgr_info(function, &column.input);
        // Who reads a table must not run code of its owner: in PostgreSQL nothing is checked then.
        if (pg::has_domain_within(type_oid)) column.reader = pg::owner_of_type(type_oid);
    }
    return decoder;
}

namespace {

Datum read(Decoder::Column &column, bool is_binary, char *value, int length) {
    if (!is_binary) return InputFunctionCall(&column.input, value, column.parameter, -1);
    StringInfoData buffer{value, length, length + 1, 0};
    return ReceiveFunctionCall(&column.input, &buffer, column.parameter, -1);
}

} // namespace

void decode(Decoder *decoder, const PGresult *result, int row, TupleTableSlot *slot) {
    const int count = decoder->type->natts;
    if (PQnfields(result) != count)
        ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
                        errmsg("a task returned %d columns, expected %d", PQnfields(result), count)));
    ExecClearTuple(slot);
    for (int i = 0; i < count; i++) {
        Decoder::Column &column = decoder->columns[i];
        const bool is_null = PQgetisnull(result, row, i);
        slot->tts_isnull[i] = is_null;
        slot->tts_values[i] = 0;
        if (is_null) continue;
        char *value = PQgetvalue(result, row, i);
        const int length = PQgetlength(result, row, i);
        auto decoded = [&] { return read(column, decoder->is_binary, value, length); };
        slot->tts_values[i] =
            OidIsValid(column.reader)
                ? pg::with_user(column.reader, SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION, decoded)
                : decoded();
    }
    ExecStoreVirtualTuple(slot);
}

} // namespace cedro::executor
