// Entries of the hidden tables behind global keys, as batches of rows written
// to the placements of their shard groups.
#pragma once
#include "pg/arena.hpp"
#include "table/table.hpp"
#include "unique/global_key.hpp"

namespace cedro::unique {

/// One entry: the key's values and the home of its row.
struct KeyEntry {
    int32 home;
    /// Values as text for the wire (ISO dates, exact floats); nullptr for NULL.
    std::span<const char *const> values;
};

/// What a write of entries does.
enum class KeyWrite {
    Insert,  ///< adds entries that do not exist; waits for transactions that are adding or removing them
    Reserve, ///< as Insert, but one node after the other, in one order for all: those who wait do not do so in a ring
    Delete,
    SetHome ///< gives existing entries another home
};

/// Writes the entries on every placement of their shard groups in this
/// distributed transaction; all nodes work at the same time. Returns, for each
/// entry, whether it was written: an Insert leaves out what exists already.
pg::Vector<bool> write_entries(const GlobalKey &key, KeyWrite write, std::span<const KeyEntry> entries);

/// The homes of existing entries; nothing for those that do not exist.
/// `lock`: hold FOR KEY SHARE on the entries to the end of the transaction.
pg::Vector<std::optional<int32>> find_homes(const GlobalKey &key, std::span<const KeyEntry> entries, bool lock);

/// For each entry the position of the first one with an equal key, as the types compare.
pg::Vector<size_t> first_equals(const GlobalKey &key, std::span<const KeyEntry> entries);

/// Raises 23505 as PostgreSQL does for this index, with the user's names.
[[noreturn]] void raise_duplicate(const GlobalKey &key, const KeyEntry &entry);

} // namespace cedro::unique
