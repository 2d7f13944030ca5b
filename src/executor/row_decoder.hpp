// Turns the fields of another node's result into values.
#pragma once
#include "net/result.hpp"
#include "pg/executor.hpp"

namespace cedro::executor {

/// How a row type is read off the wire.
struct Decoder {
    struct Column {
        FmgrInfo input; ///< receive function, or input function in text
        Oid parameter;  ///< its second argument
        Oid reader;     ///< as whom it is called, where it checks domains; else InvalidOid
    };
    TupleDesc type;
    Column *columns;
    bool is_binary;
};

/// Lives in the current context.
Decoder *make_decoder(TupleDesc type);

/// Puts a row of the result into a virtual slot; by-reference values are made in the current context.
void decode(Decoder *decoder, const PGresult *result, int row, TupleTableSlot *slot);

} // namespace cedro::executor
