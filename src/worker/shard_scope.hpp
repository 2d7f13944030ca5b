// The circumstances under which shards are defined and changed.
#pragma once
#include "catalog/relation.hpp"
#include "pg/ddl.hpp"
#include "pg/guc.hpp"
#include "pg/scope.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::worker {

/// Runs body with the rights of the extension's owner, unseen by event triggers
/// and by our own hooks, and with settings under which text of the deparser
/// parses back to what it was.
template <typename Body>
void as_definer(Body &&body) {
    pg::with_user(catalog::owner(), SECURITY_LOCAL_USERID_CHANGE, [&] {
        const int level = NewGUCNestLevel();
        for (auto [name, value] : {std::pair{"search_path", "pg_catalog"}, std::pair{"datestyle", "ISO"},
                                   std::pair{"default_tablespace", ""}, std::pair{"standard_conforming_strings", "on"}})
            set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
        transaction::apply([&] { pg::without_event_triggers(body); });
        AtEOXact_GUC(true, level);
    });
}

} // namespace cedro::worker
