// Settings of the client that change what a statement answers. Each task must
// see them with the client's values, also after SET LOCAL and ROLLBACK TO.
//
// A node keeps what it was told from one transaction to the next: only what
// differs from that travels.
#pragma once
#include "pg/arena.hpp"
#include "pg/transaction.hpp"

namespace cedro::transaction {

/// What a connection has been told; lives as long as the connection.
struct ToldSettings {
    explicit ToldSettings(MemoryContext lifetime) : context(lifetime), values(lifetime) {}

    MemoryContext context;
    uint64 version = 0;                                    ///< of the settings when told; 0: look at all of them
    pg::Vector<const char *> values;                       ///< by tracked setting; nullptr: the node's own value
    SubTransactionId changed_in = InvalidSubTransactionId; ///< where this transaction has told the last change
    int64 reported = 0;                                    ///< kSettingsReport, when last heeded
    uint64 parsing_version = 1; ///< grows when a setting changes that rules how the node reads a text
};

/// Names and values that differ from what the node was told, alternating
/// (nullptr when all are equal), as the text of a text[]; they count as told.
/// A name with '!' before it takes the node's own value again.
const char *changed_settings(ToldSettings &told);

/// The transaction is over. Its changes stay on the node, or are unknown after a rollback.
void settle_settings(ToldSettings &told, bool is_committed);

/// A subtransaction was rolled back on the node.
void roll_back_settings(ToldSettings &told, SubTransactionId self);

/// Code that ran on the node may have set something there itself: then all is unknown. `report`: what the node has
/// said of it last (kSettingsReport), or nullptr.
void heed_report(ToldSettings &told, const char *report);

/// The name under which a node reports (as a ParameterStatus) how often somebody else has changed its settings.
inline constexpr char kSettingsReport[] = "citus.changed_settings";

/// Receiving side: sets them for this and the following transactions; a rollback takes them back.
void set_for_client(Datum text_array);

/// Receiving side, before the commit: reports when the settings are not as the client's node has set them.
void report_changed_settings();

} // namespace cedro::transaction
