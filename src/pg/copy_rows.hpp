// COPY into and out of a relation, without the privilege checks of the COPY statement.
#pragma once
#include "pg/arena.hpp"

namespace cedro::pg {

/// What a COPY is about. Columns and options as the parser gives them.
struct Copy {
    Relation relation;  ///< open and locked
    List *columns;      ///< of String; NIL: all that are neither dropped nor generated
    List *options;      ///< of DefElem
    const char *source; ///< the statement's text, for messages
};

/// Attribute numbers of the columns, as integers.
List *copy_columns(const Copy &copy);

/// Reads rows from the client, stores them, returns their number.
uint64 copy_from_client(const Copy &copy);

/// The same from memory.
uint64 copy_from_memory(const Copy &copy, std::span<const char> data);

/// Sends the rows of a relation, or of a query (then relation is nullptr), to the client.
uint64 copy_to_client(const Copy &copy, RawStmt *query);

} // namespace cedro::pg
