// Rows on their way between nodes: a minimal tuple each. Values of built-in
// types travel as they are in memory (all nodes run the same version on the same
// kind of machine, see kByteOrder), others through their send or output functions.
#pragma once
#include "pg/executor.hpp"

namespace cedro::worker {

/// Differs where rows of one machine mean something else on the other.
inline constexpr int32 kByteOrder = 0x01020300 + MAXIMUM_ALIGNOF;

struct RowFormat;

/// The format of rows of this type. Lives in the current context.
RowFormat *make_row_format(TupleDesc type);

/// The row as it travels, in the current context.
MinimalTuple pack(RowFormat *format, TupleTableSlot *row);

/// Puts a row into a virtual slot of the type. Values point into the tuple or
/// are made in the current context.
void unpack(RowFormat *format, MinimalTuple tuple, TupleTableSlot *row);

} // namespace cedro::worker
