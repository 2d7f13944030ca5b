// Which global keys the rows written on this node gained and lost. A trigger on
// every shard records the changes; whoever ran the statement takes them and
// applies them to the hidden tables in the same distributed transaction.
//
// Invariant: a transaction that leaves recorded changes behind cannot commit
// or prepare (they would be lost, and with them uniqueness).
#pragma once
#include "pg/arena.hpp"

extern "C" {
struct TriggerData;
}

namespace cedro::unique {

/// One entry of a hidden table that came or went.
struct Change {
    Oid key_table;
    int64 shard;  ///< the shard whose row changed
    bool is_gain; ///< false: the row lost the key
    int32 home;   ///< hash of the row's distribution column
    /// The key's values as text (ISO dates, exact floats), nullptr for NULL.
    std::span<const char *const> values;
};

/// Records what one row event means for the global keys of its table. Called
/// by the AFTER ROW trigger of the shards; `function` keeps state over the rows of a statement.
void record(TriggerData *event, FmgrInfo *function);

/// Takes all changes recorded by this backend so far, in order.
pg::Vector<Change> take();

/// The changes as a text[] for the wire, and back.
Datum to_array(std::span<const Change> changes);
pg::Vector<Change> from_array(Datum text_array);

/// Gives a shard on this node the recording trigger; `enable` false removes it.
void watch_shard(Oid shard_relid, bool enable);

/// Registers transaction callbacks; called once from _PG_init.
void initialize();

} // namespace cedro::unique
