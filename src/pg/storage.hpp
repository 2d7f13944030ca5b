// Rows and files of a relation below the executor.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "access/tableam.h"
#include "catalog/index.h"
#include "commands/tablecmds.h"
#include "executor/tuptable.h"
#include "storage/bufmgr.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace cedro::pg {

/// Gives a table (which the caller holds open, locked AccessExclusive) empty
/// files, as TRUNCATE does: undone by abort, without triggers and without a
/// look at foreign keys. Rebuilds the indexes.
inline void empty_storage(Relation relation) {
    const Oid relid = RelationGetRelid(relation);
    auto renew = [](Relation each) {
#if PG_VERSION_NUM >= 160000
        RelationSetNewRelfilenumber(each, each->rd_rel->relpersistence);
#else
        RelationSetNewRelfilenode(each, each->rd_rel->relpersistence);
#endif
    };
    const Oid toast_relid = relation->rd_rel->reltoastrelid;
    renew(relation);
    if (OidIsValid(toast_relid)) {
        Relation toast = relation_open(toast_relid, AccessExclusiveLock);
        renew(toast);
        relation_close(toast, NoLock);
    }
    ReindexParams parameters{};
#if PG_VERSION_NUM >= 170000
    reindex_relation(nullptr, relid, REINDEX_REL_PROCESS_TOAST, &parameters);
#else
    reindex_relation(relid, REINDEX_REL_PROCESS_TOAST, &parameters);
#endif
}

} // namespace cedro::pg
