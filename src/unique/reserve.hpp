// Entries that a statement adds to hidden tables ahead of its rows: INSERT …
// ON CONFLICT has to know who holds a key before it sends a row anywhere.
#pragma once
#include "unique/entry.hpp"

namespace cedro::unique {

/// Who holds a key now.
struct Holder {
    static constexpr size_t kExisting = SIZE_MAX;
    int32 home;
    /// The entry of the call that got the key, or kExisting: some row had it before.
    size_t entry;
};

/// Adds the entries whose keys nobody holds, and tells for each entry who holds
/// its key. Waits for transactions that are adding or removing keys; the entries
/// of others stay as they are to the end of the transaction. Raises 40001 where
/// the snapshot of the transaction does not see the holder.
pg::Vector<Holder> reserve(const GlobalKey &key, std::span<const KeyEntry> entries);

/// For settle(): true, once, for an entry that is there because of a reservation.
bool redeem(const GlobalKey &key, const KeyEntry &entry);

/// For settle(): removes the entries that no row came for (ON CONFLICT left it out for another reason).
void release_reservations();

/// Called when a transaction ends or a subtransaction aborts.
void forget_reservations();

} // namespace cedro::unique
