// Rows of an exchange in temporary files of this backend, one file for each
// shard group that will read them. Others read the files by their name. The
// files vanish with the transaction of the backend that wrote them, also when it
// ends by a crash, so nothing else needs to clean up after anybody.
#pragma once
#include "pg/arena.hpp"

namespace cedro::worker {

/// Stands for all groups: rows that every task of a node reads.
inline constexpr int32 kAllGroups = -1;

/// A packed row as it is sent and stored: its group, then the minimal tuple.
struct RowHeader {
    int32 ordinal;
    uint32 length; ///< of the tuple, which begins with the same number
};

/// Whose rows a backend stores. The session of a node that both asks for a production here and sends rows itself is
/// one backend: the two end at different moments, and each says what it stored.
enum class Producer : uint8 {
    Here,  ///< this backend's own production
    Sender ///< the node at the other end of the session
};

/// Appends packed rows (RowHeader and tuple, one after the other), which the sender sent, to the files of the exchange.
void spool(int64 exchange, std::span<const char> rows);

/// Appends one row of this backend's own production.
void spool_row(int64 exchange, int32 ordinal, MinimalTuple tuple);

/// Ends the writing for a producer and says what there is: a text for attach().
const char *seal_spool(int64 exchange, Producer producer);

/// Removes the files of the exchange that this backend wrote.
void drop_spool(int64 exchange);

/// Makes files that seal_spool() named readable here as the exchange's rows, to
/// the end of the transaction.
void attach(int64 exchange, std::span<const char *const> sources);

/// Forgets what was attached.
void detach(int64 exchange);

/// The number of rows of the exchange for a group, or nothing when it is not attached.
std::optional<int64> row_count(int64 exchange, int32 ordinal);

struct SpoolReader;

/// Reads the exchange's rows for a group. Raises 55000 when it is not attached.
SpoolReader *open_spool(int64 exchange, int32 ordinal);

/// The next packed row, or nullptr at the end; it lives until the next call. Raises XX001 when rows are missing.
MinimalTuple next_packed(SpoolReader *reader);

/// Begins again at the first row.
void rewind_spool(SpoolReader *reader);

void close_spool(SpoolReader *reader);

/// Bytes and rows that a sealed spool's text tells, for EXPLAIN.
struct Amount {
    int64 rows;
    int64 bytes;
};
Amount amount_of(const char *sealed);

/// Registers the end of the transaction; called once from _PG_init.
void register_spools();

} // namespace cedro::worker
