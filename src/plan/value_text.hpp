// Values of a row as text that another session reads back as the same values,
// whatever its settings are.
#pragma once
#include "pg/arena.hpp"

namespace cedro::plan {

/// The output functions of a row type's columns.
struct ValueWriter {
    std::span<FmgrInfo> output; ///< by attribute number - 1; unset for dropped columns
    bool prints_names;          ///< some type prints names of objects, cut short by search_path
};

ValueWriter make_value_writer(TupleDesc descriptor);

/// Runs body, which calls text_of(), under settings that lose nothing: ISO
/// dates, PostgreSQL intervals, exact floats, qualified names. No user code may
/// run inside.
void with_exact_output(const ValueWriter &writer, pg::FunctionRef<void()> body);

/// A value that is not NULL.
const char *text_of(ValueWriter &writer, AttrNumber attribute, Datum value);

/// Appends a text as a field of COPY's text format.
void append_copy_field(StringInfo buffer, const char *text);

/// Appends a text as a string literal.
void append_literal(StringInfo buffer, const char *text);

} // namespace cedro::plan
