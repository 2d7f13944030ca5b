#include "worker/shard.hpp"

#include "pg/list.hpp"
#include "pg/text.hpp"
#include "worker/shard_parts.hpp"
#include "worker/shard_scope.hpp"

namespace cedro::worker {

namespace {

void require_storage(Relation shell) {
    const char kind = shell->rd_rel->relkind;
    if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                        errmsg("\"%s\" cannot have shards", RelationGetRelationName(shell)),
                        errdetail_relkind_not_supported(kind)));
    if (shell->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                        errmsg("temporary table \"%s\" cannot have shards", RelationGetRelationName(shell))));
}

Oid relation_of(Oid shell, int64 shard) {
    return get_relname_relid(table::shard_name(get_rel_name(shell), shard), get_rel_namespace(shell));
}

void create_shard(Relation shell, int64 shard) {
    ShardDraft draft{shell, shard, get_namespace_name(RelationGetNamespace(shell)),
                     table::shard_name(RelationGetRelationName(shell), shard), InvalidOid};
    create_table(draft);
    complete_indexes(draft);
    set_replica_identity(draft);
    attach_partitions(draft);
}

} // namespace

void create_shards(Oid shell_oid, std::span<const int64> shards) {
    as_definer([&] {
        pg::with_relation(shell_oid, AccessShareLock, [&](Relation shell) {
            require_storage(shell);
            as_owner_of(shell_oid, needs_of_table(shell_oid), [&] {
                for (int64 shard : shards) create_shard(shell, shard);
            });
        });
    });
}

void drop_shards(Oid shell, std::span<const int64> shards) {
    as_definer([&] {
        ObjectAddresses *objects = new_object_addresses();
        for (int64 shard : shards) {
            Oid relid = relation_of(shell, shard);
            if (!OidIsValid(relid)) continue;
            // A partition is dropped under its parent's lock, taken first as everybody takes them.
            if (get_rel_relispartition(relid)) LockRelationOid(get_partition_parent(relid, true), AccessExclusiveLock);
            LockRelationOid(relid, AccessExclusiveLock);
            if (relation_of(shell, shard) != relid) continue; // gone while we waited
            pg::with_relation(relid, NoLock, [](Relation relation) { CheckTableNotInUse(relation, "DROP TABLE"); });
            ObjectAddress address;
            ObjectAddressSet(address, RelationRelationId, relid);
            add_exact_object_address(&address, objects);
        }
        performMultipleDeletions(objects, DROP_CASCADE, PERFORM_DELETION_INTERNAL | PERFORM_DELETION_QUIETLY);
        CommandCounterIncrement();
    });
}

int64 shard_size(Oid shell, int64 shard) {
    const Oid relid = relation_of(shell, shard);
    if (!OidIsValid(relid)) return 0;
    return DatumGetInt64(OidFunctionCall1(F_PG_TOTAL_RELATION_SIZE, ObjectIdGetDatum(relid)));
}

} // namespace cedro::worker
