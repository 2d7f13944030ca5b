#include "unique/reserve.hpp"

#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "pg/transaction.hpp"

namespace cedro::unique {

namespace {

// Lives in TopTransactionContext.
struct Reservation {
    Oid key_table;
    KeyEntry entry;
    bool is_redeemed;
};

constinit pg::Vector<Reservation> *reservations = nullptr;
constinit bool is_sorted = false;

int compare_texts(const char *a, const char *b) {
    if (!a || !b) return a == b ? 0 : a ? 1 : -1;
    return strcmp(a, b);
}

bool is_before(const Reservation &a, const Reservation &b) {
    if (a.key_table != b.key_table) return a.key_table < b.key_table;
    for (size_t i = 0; i < std::min(a.entry.values.size(), b.entry.values.size()); i++)
        if (const int order = compare_texts(a.entry.values[i], b.entry.values[i]); order != 0) return order < 0;
    return a.entry.home < b.entry.home;
}

void remember(const GlobalKey &key, const KeyEntry &entry) {
    pg::with_context(TopTransactionContext, [&] {
        if (!reservations) reservations = pg::make<pg::Vector<Reservation>>(TopTransactionContext);
        pg::Vector<const char *> values;
        for (const char *value : entry.values) values.push(value ? pstrdup(value) : nullptr);
        reservations->push({key.key_table, {entry.home, values}, false});
        is_sorted = false;
    });
}

// Tries once for the entries at these positions; returns those that nobody is known to hold.
pg::Vector<size_t> try_reserve(const GlobalKey &key, std::span<const KeyEntry> entries,
                               std::span<const size_t> positions, pg::Vector<Holder> &holders) {
    pg::Vector<KeyEntry> wanted;
    for (size_t position : positions) wanted.push(entries[position]);
    const pg::Vector<bool> written = write_entries(key, KeyWrite::Reserve, wanted);
    pg::Vector<KeyEntry> held;
    pg::Vector<size_t> held_positions;
    for (size_t i = 0; i < wanted.size(); i++) {
        if (written[i]) {
            remember(key, wanted[i]);
            holders[positions[i]] = {wanted[i].home, positions[i]};
        } else {
            held.push(wanted[i]);
            held_positions.push(positions[i]);
        }
    }
    const pg::Vector<std::optional<int32>> homes = find_homes(key, held, true);
    pg::Vector<size_t> left;
    for (size_t i = 0; i < held.size(); i++) {
        if (homes[i])
            holders[held_positions[i]] = {*homes[i], Holder::kExisting};
        else
            left.push(held_positions[i]);
    }
    return left;
}

} // namespace

pg::Vector<Holder> reserve(const GlobalKey &key, std::span<const KeyEntry> entries) {
    pg::Vector<Holder> holders;
    if (entries.empty()) return holders;
    const pg::Vector<size_t> first = first_equals(key, entries);
    pg::Vector<size_t> open;
    for (size_t i = 0; i < entries.size(); i++) {
        holders.push({0, Holder::kExisting});
        if (first[i] == i) open.push(i);
    }
    for (;;) {
        open = try_reserve(key, entries, open, holders);
        if (open.empty()) break;
        if (IsolationUsesXactSnapshot())
            ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
                            errmsg("could not serialize access due to concurrent update")));
        // Gone again between the two statements: its transaction has removed it.
        CHECK_FOR_INTERRUPTS();
    }
    for (size_t i = 0; i < entries.size(); i++) holders[i] = holders[first[i]];
    return holders;
}

bool redeem(const GlobalKey &key, const KeyEntry &entry) {
    if (!reservations) return false;
    if (!is_sorted) std::sort(reservations->begin(), reservations->end(), is_before);
    is_sorted = true;
    const Reservation wanted{key.key_table, entry, false};
    Reservation *found = std::lower_bound(reservations->begin(), reservations->end(), wanted, is_before);
    if (found == reservations->end() || is_before(wanted, *found) || found->is_redeemed) return false;
    found->is_redeemed = true;
    return true;
}

void release_reservations() {
    if (!reservations) return;
    const pg::Vector<Reservation> all = *reservations;
    reservations = nullptr;
    for (size_t i = 0; i < all.size();) {
        pg::Vector<KeyEntry> left;
        const Oid key_table = all[i].key_table;
        for (; i < all.size() && all[i].key_table == key_table; i++)
            if (!all[i].is_redeemed) left.push(all[i].entry);
        if (std::optional<GlobalKey> key = key_of_table(key_table); key && !left.empty())
            write_entries(*key, KeyWrite::Delete, left);
    }
}

void forget_reservations() { reservations = nullptr; }

} // namespace cedro::unique
