#include "pg/spi.hpp"

namespace cedro::pg {

uint64 sql(const char *text, SqlArguments arguments, bool is_read_only) {
    constexpr size_t kMost = 16;
    Oid types[kMost];
    Datum values[kMost];
    char nulls[kMost];
    Assert(arguments.size() <= kMost);
    int count = 0;
    for (const SqlArgument &each : arguments) {
        types[count] = each.type;
        values[count] = each.value;
        nulls[count++] = each.is_null ? 'n' : ' ';
    }
    const int code = count ? SPI_execute_with_args(text, count, types, values, nulls, is_read_only, 0)
                           : SPI_execute(text, is_read_only, 0);
    if (code < 0) elog(ERROR, "internal statement failed: %s: %s", SPI_result_code_string(code), text);
    return SPI_processed;
}

void rows(const char *text, SqlArguments arguments, FunctionRef<void(HeapTuple, TupleDesc)> row) {
    const uint64 count = sql(text, arguments);
    SPITupleTable *table = SPI_tuptable;
    if (!table) return;
    for (uint64 i = 0; i < count; i++) row(table->vals[i], table->tupdesc);
    SPI_freetuptable(table);
}

void each_row(const char *text, FunctionRef<void(HeapTuple, TupleDesc)> row) {
    constexpr long kPortion = 2000;
    SPIParseOpenOptions options{};
    options.cursorOptions = CURSOR_OPT_NO_SCROLL;
    options.read_only = false;
    Portal portal = SPI_cursor_parse_open(nullptr, text, &options);
    for (;;) {
        SPI_cursor_fetch(portal, true, kPortion);
        if (SPI_processed == 0) break;
        for (uint64 i = 0; i < SPI_processed; i++) row(SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
        SPI_freetuptable(SPI_tuptable);
    }
    SPI_cursor_close(portal);
}

} // namespace cedro::pg
