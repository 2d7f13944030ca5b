// The keys, of those that hold over all shards, that a row will have once it is inserted.
#pragma once
#include "pg/executor.hpp"
#include "table/table.hpp"
#include "unique/entry.hpp"

namespace cedro::executor {

struct RowKey {
    const unique::GlobalKey *key;
    std::span<const char *const> values; ///< as text that loses nothing; nullptr for NULL
};

struct RowKeys {
    int32 home; ///< hash of the distribution column
    pg::Vector<RowKey> keys;
};

/// Computes keys row by row: expressions, predicates, generated columns, partitions.
struct KeyReader;

/// For the keys of these indexes of the table (oids), or all its keys when none
/// is given; nullptr when that is none. Lives in the current memory context.
KeyReader *make_key_reader(const table::Table &table, const List *indexes);

/// The keys of a row of the shell's row type; what they hold lives in `context`.
RowKeys read_keys(KeyReader *reader, const Datum *values, const bool *nulls, MemoryContext context);

} // namespace cedro::executor
