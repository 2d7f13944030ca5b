// SQL that the extension runs inside its own backend.
//
//   pg::with_spi([&] {
//       pg::sql("DELETE FROM pg_catalog.pg_dist_placement WHERE shardid = $1", {pg::arg(shard)});
//       pg::rows("SELECT …", {}, [&](HeapTuple tuple, TupleDesc type) { … });
//   });
//
// Names must be qualified: the search_path is whoever's statement this runs in.
#pragma once
#include "pg/arena.hpp"

extern "C" {
#include "executor/spi.h"
}

namespace cedro::pg {

/// A parameter of an internal statement.
struct SqlArgument {
    Oid type;
    Datum value;
    bool is_null = false;
};

inline SqlArgument arg(int32 value) { return {INT4OID, Int32GetDatum(value)}; }
inline SqlArgument arg(int64 value) { return {INT8OID, Int64GetDatum(value)}; }
inline SqlArgument arg(bool value) { return {BOOLOID, BoolGetDatum(value)}; }
inline SqlArgument arg(const char *value) {
    return value ? SqlArgument{TEXTOID, CStringGetTextDatum(value)} : SqlArgument{TEXTOID, 0, true};
}
inline SqlArgument arg_oid(Oid value) { return {OIDOID, ObjectIdGetDatum(value)}; }

using SqlArguments = std::initializer_list<SqlArgument>;

/// Runs body connected to SPI. What body allocates in CurrentMemoryContext is
/// gone afterwards; the result is passed through as it is.
template <typename Body>
auto with_spi(Body &&body) {
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to SPI");
    if constexpr (std::is_void_v<decltype(body())>) {
        body();
        SPI_finish();
    } else {
        auto result = body();
        SPI_finish();
        return result;
    }
}

/// Runs one or several statements (several only without arguments); returns the rows processed by the last. Inside
/// with_spi.
uint64 sql(const char *text, SqlArguments arguments = {}, bool is_read_only = false);

/// Runs a query and hands over each row. Inside with_spi.
void rows(const char *text, SqlArguments arguments, FunctionRef<void(HeapTuple, TupleDesc)> row);

/// The same for a SELECT of any length: some thousand rows at a time. Inside with_spi.
void each_row(const char *text, FunctionRef<void(HeapTuple, TupleDesc)> row);

/// A column (from 1) of a row that rows() hands over.
inline Datum field(HeapTuple tuple, TupleDesc type, int column, bool *is_null = nullptr) {
    bool null = false;
    Datum value = SPI_getbinval(tuple, type, column, &null);
    if (is_null) *is_null = null;
    return value;
}

} // namespace cedro::pg
