// Settings of the client that change what a statement answers. Each task must
// see them with the client's values, also after SET LOCAL and ROLLBACK TO.
#pragma once
#include "pg/arena.hpp"

namespace cedro::transaction {

/// What a session has been told; grows with the transaction.
struct ToldSettings {
    uint64 version = 0;                ///< of the settings when told; 0: nothing is known
    pg::Vector<const char *> values{}; ///< by tracked setting; nullptr: not told
};

/// Names and values that differ from what the session was told, alternating
/// (nullptr when all are equal), as the text of a text[]; they count as told.
/// Values are kept in the current memory context.
const char *changed_settings(ToldSettings &told);

/// Receiving side: sets them to the end of the transaction.
void set_locally(Datum text_array);

} // namespace cedro::transaction
