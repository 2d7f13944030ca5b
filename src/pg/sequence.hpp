// Sequences.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "catalog/pg_sequence.h"
#include "commands/sequence.h"
#include "parser/parse_func.h"
#include "rewrite/rewriteHandler.h"
#include "utils/fmgroids.h"
#include "utils/syscache.h"
}

namespace cedro::pg {

/// A row of pg_sequence.
inline FormData_pg_sequence sequence_row(Oid sequence) {
    HeapTuple tuple = SearchSysCache1(SEQRELID, ObjectIdGetDatum(sequence));
    if (!HeapTupleIsValid(tuple))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("sequence with OID %u does not exist", sequence)));
    const FormData_pg_sequence row = *reinterpret_cast<Form_pg_sequence>(GETSTRUCT(tuple));
    ReleaseSysCache(tuple);
    return row;
}

} // namespace cedro::pg
