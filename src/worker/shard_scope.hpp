// In whose name, and under which settings, shards are defined and changed.
//
// PostgreSQL evaluates parts of a definition while it stores it (constant
// calls in expressions, checks of rows): what a user wrote there must never
// run with more than the rights of the table's owner.
#pragma once
#include "catalog/relation.hpp"
#include "pg/ddl.hpp"
#include "pg/guc.hpp"
#include "pg/scope.hpp"
#include "transaction/everywhere.hpp"
#include "worker/lent_privilege.hpp"
#include "worker/shard_error.hpp"

namespace cedro::worker {

enum class SearchPath { Catalog, Current };

/// Runs body with the rights of the extension's owner, unseen by event triggers
/// and by our own hooks, and with settings under which text of the deparser
/// parses back to what it was.
template <typename Body>
void as_definer(Body &&body, SearchPath path = SearchPath::Catalog) {
    pg::with_user(catalog::owner(), SECURITY_LOCAL_USERID_CHANGE, [&] {
        const int level = NewGUCNestLevel();
        auto set = [](const char *name, const char *value) {
            set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
        };
        if (path == SearchPath::Catalog) set("search_path", "pg_catalog, pg_temp");
        set("datestyle", "ISO");
        set("default_tablespace", "");
        set("standard_conforming_strings", "on");
        transaction::apply([&] { pg::without_event_triggers([&] { naming_tables(body); }); });
        AtEOXact_GUC(true, level);
    });
}

/// Runs body as a role, in a security-restricted operation, with these
/// privileges, and not as the cluster: what a user wrote may run there. Within as_definer().
void as_role(Oid role, std::span<const Grant> grants, pg::FunctionRef<void()> body);

Oid owner_of(Oid relid);

/// The owner of the table if that role may act for the partition's owner, else the partition's owner.
Oid owner_of_both(Oid table, Oid partition);

/// Runs body as the owner of a table, who may define what the table needs, with these privileges.
void as_owner_of(Oid relid, std::span<const Grant> more, pg::FunctionRef<void()> body);
inline void as_owner_of(Oid relid, pg::FunctionRef<void()> body) { as_owner_of(relid, {}, body); }

} // namespace cedro::worker
