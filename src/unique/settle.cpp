#include "unique/settle.hpp"

#include "cluster/node.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "transaction/session.hpp"
#include "unique/change.hpp"
#include "unique/entry.hpp"
#include "unique/reserve.hpp"

namespace cedro::unique {

namespace {

// Copies of a shard record the same changes; the first active placement speaks for all.
bool speaks_for(int32 group, int64 shard) {
    int ordinal = 0;
    const Oid shell = table::shell_of_shard(shard, &ordinal);
    if (!OidIsValid(shell)) return false;
    const table::Table &table = table::get(shell);
    for (const table::Placement &placement : table.shards[static_cast<size_t>(ordinal)].placements)
        if (placement.is_active) return placement.group == group;
    return false;
}

void append(pg::Vector<Change> &all, std::span<const Change> changes, int32 group) {
    for (const Change &change : changes)
        if (speaks_for(group, change.shard)) all.push(change);
}

pg::Vector<Change> collect(std::span<const int32> node_ids) {
    struct Asked {
        transaction::Session *session;
        transaction::Ticket ticket;
        int32 group;
    };
    pg::Vector<Change> all;
    pg::Vector<Asked> asked;
    bool is_here = false;
    for (int32 id : node_ids) {
        const cluster::Node &node = cluster::node(id);
        if (cluster::is_local(node)) {
            is_here = true;
            continue;
        }
        transaction::Session *session = transaction::session(id);
        asked.push({session,
                    transaction::send(session, {.sql = "CALL citus_internal.take_key_changes(NULL)", .writes = true}),
                    node.group});
    }
    if (is_here) append(all, take(), cluster::local_group());
    for (const Asked &each : asked) {
        const PGresult *result = transaction::receive(each.session, each.ticket);
        if (PQntuples(result) == 0 || PQgetisnull(result, 0, 0)) continue;
        Datum array = OidInputFunctionCall(F_ARRAY_IN, PQgetvalue(result, 0, 0), TEXTOID, -1);
        append(all, from_array(array), each.group);
    }
    return all;
}

// Orders changes by hidden table and key; equal means the same key.
int compare(const Change &a, const Change &b) {
    if (a.key_table != b.key_table) return a.key_table < b.key_table ? -1 : 1;
    for (size_t i = 0; i < std::min(a.values.size(), b.values.size()); i++) {
        if (!a.values[i] || !b.values[i]) {
            if (a.values[i] || b.values[i]) return a.values[i] ? 1 : -1;
            continue;
        }
        if (int order = strcmp(a.values[i], b.values[i]); order != 0) return order;
    }
    return 0;
}

// Brings changes of the same key together and keeps their order.
void sort_by_key(pg::Vector<Change> &changes) {
    pg::Vector<size_t> order;
    for (size_t i = 0; i < changes.size(); i++) order.push(i);
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        const int result = compare(changes[a], changes[b]);
        return result != 0 ? result < 0 : a < b;
    });
    pg::Vector<Change> sorted;
    for (size_t position : order) sorted.push(changes[position]);
    changes = sorted;
}

// What a statement did to one hidden table in the end.
struct Net {
    pg::Vector<KeyEntry> lost;
    pg::Vector<KeyEntry> moved;
    pg::Vector<KeyEntry> gained;
};

// All changes of one key value: a swap of equal keys between rows costs nothing.
void add_net(Net &net, std::span<const Change> changes) {
    int balance = 0;
    const Change *last_loss = nullptr;
    const Change *last_gain = nullptr;
    for (const Change &change : changes) {
        balance += change.is_gain ? 1 : -1;
        (change.is_gain ? last_gain : last_loss) = &change;
    }
    if (balance == 0 && last_gain && last_loss) {
        if (last_gain->home != last_loss->home) net.moved.push({last_gain->home, last_gain->values});
        return;
    }
    for (; balance > 0; balance--) net.gained.push({last_gain->home, last_gain->values});
    for (; balance < 0; balance++) net.lost.push({last_loss->home, last_loss->values});
}

void apply(const GlobalKey &key, const Net &net) {
    // Losses first: a key may go to another row under another spelling (1.0, 1.00).
    write_entries(key, KeyWrite::Delete, net.lost);
    write_entries(key, KeyWrite::SetHome, net.moved);
    pg::Vector<KeyEntry> gained;
    for (const KeyEntry &each : net.gained)
        if (!redeem(key, each)) gained.push(each);
    const pg::Vector<bool> written = write_entries(key, KeyWrite::Insert, gained);
    for (size_t i = 0; i < written.size(); i++)
        if (!written[i]) raise_duplicate(key, gained[i]);
}

} // namespace

void settle(std::span<const int32> node_ids) {
    if (!any_keys()) return;
    pg::Vector<Change> changes = collect(node_ids);
    sort_by_key(changes);
    size_t start = 0;
    while (start < changes.size()) {
        const Oid key_table = changes[start].key_table;
        Net net;
        while (start < changes.size() && changes[start].key_table == key_table) {
            size_t end = start + 1;
            while (end < changes.size() && compare(changes[start], changes[end]) == 0) end++;
            add_net(net, std::span<const Change>(changes).subspan(start, end - start));
            start = end;
        }
        if (std::optional<GlobalKey> key = key_of_table(key_table)) apply(*key, net);
    }
    release_reservations();
}

void settle_everywhere() {
    if (!any_keys()) return;
    pg::Vector<int32> ids;
    for (const cluster::Node &node : cluster::active_primaries()) ids.push(node.id);
    settle(ids);
}

} // namespace cedro::unique
