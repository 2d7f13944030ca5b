#include "executor/conflict_route.hpp"

#include "executor/row_keys.hpp"
#include "unique/reserve.hpp"

namespace cedro::executor {

namespace {

// One key of one row, while rows are being routed.
struct Wanted {
    size_t row; // position in the rows that are routed
    unique::KeyEntry entry;
    unique::Holder holder;
};

struct WantedKey {
    const unique::GlobalKey *key;
    pg::Vector<Wanted> entries;
};

} // namespace

struct ConflictRouter {
    const table::Table *table;
    bool is_update; // DO UPDATE, else DO NOTHING
    KeyReader *reader;
    pg::Vector<RowKeys> rows;
    MemoryContext context; // of the rows
};

namespace {

pg::Vector<WantedKey> wanted_keys(const ConflictRouter &router, std::span<const size_t> rows) {
    pg::Vector<WantedKey> wanted;
    for (size_t i = 0; i < rows.size(); i++)
        for (const RowKey &each : router.rows[rows[i]].keys) {
            auto found = std::ranges::find_if(wanted, [&](const WantedKey &one) { return one.key == each.key; });
            if (found == wanted.end()) found = &wanted.push({each.key, pg::Vector<Wanted>()});
            found->entries.push({i, {router.rows[rows[i]].home, each.values}, {}});
        }
    // One order for everybody, as within each key.
    std::sort(wanted.begin(), wanted.end(),
              [](const WantedKey &a, const WantedKey &b) { return a.key->index < b.key->index; });
    return wanted;
}

void reserve(WantedKey &wanted) {
    pg::Vector<unique::KeyEntry> entries;
    for (const Wanted &each : wanted.entries) entries.push(each.entry);
    const pg::Vector<unique::Holder> holders = unique::reserve(*wanted.key, entries);
    for (size_t i = 0; i < holders.size(); i++) wanted.entries[i].holder = holders[i];
}

// What is known about a row from all its keys.
struct Fate {
    std::optional<int32> holder; // home of a row that was there
    std::optional<size_t> rival; // an earlier row that got one of its keys
};

} // namespace

ConflictRouter *make_conflict_router(const table::Table &table, const plan::Insert &insert) {
    if (!insert.conflict) return nullptr;
    KeyReader *reader = make_key_reader(table, insert.arbiters);
    if (!reader) return nullptr;
    MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "citus keys of rows", ALLOCSET_DEFAULT_SIZES);
    return pg::make<ConflictRouter>(&table, insert.conflict->onConflict->action == ONCONFLICT_UPDATE, reader,
                                    pg::Vector<RowKeys>(), context);
}

void add_row(ConflictRouter *router, const Datum *values, const bool *nulls) {
    router->rows.push(read_keys(router->reader, values, nulls, router->context));
}

pg::Vector<int> route(ConflictRouter *router, std::span<const size_t> rows) {
    pg::Vector<WantedKey> wanted = wanted_keys(*router, rows);
    for (WantedKey &each : wanted) reserve(each);

    pg::Vector<Fate> fates;
    for (size_t i = 0; i < rows.size(); i++) fates.push({});
    for (const WantedKey &key : wanted)
        for (const Wanted &each : key.entries) {
            if (each.holder.entry == unique::Holder::kExisting)
                fates[each.row].holder = each.holder.home;
            else if (const size_t rival = key.entries[each.holder.entry].row; rival != each.row)
                fates[each.row].rival = rival;
        }

    pg::Vector<int> ordinals;
    for (size_t i = 0; i < rows.size(); i++) {
        const int32 home = router->rows[rows[i]].home;
        if (fates[i].holder) {
            ordinals.push(hash::ordinal_of(*fates[i].holder, router->table->ranges));
        } else if (!fates[i].rival) {
            ordinals.push(hash::ordinal_of(home, router->table->ranges));
        } else {
            // DO UPDATE must not meet a row of its own statement: it is sent to where
            // PostgreSQL says so. Whether the rival gets in at all, only DO NOTHING may ask.
            const size_t rival = *fates[i].rival;
            const bool rival_comes = !fates[rival].holder && !fates[rival].rival;
            ordinals.push(router->is_update && rival_comes ? ordinals[rival] : kLater);
        }
    }
    return ordinals;
}

void clear(ConflictRouter *router) {
    router->rows.clear();
    MemoryContextReset(router->context);
}

} // namespace cedro::executor
