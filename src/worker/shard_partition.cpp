// Partitions: the shard of a partition belongs to the shard of the same ordinal
// of its parent, with the same bound.
#include "worker/shard_parts.hpp"

#include "pg/list.hpp"
#include "pg/text.hpp"
#include "worker/shard_scope.hpp"

namespace cedro::worker {

namespace {

const char *bound_of(Oid partition) {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(partition));
    if (!HeapTupleIsValid(tuple)) return nullptr;
    bool is_null = false;
    Datum bound = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_relpartbound, &is_null);
    const char *result = nullptr;
    if (!is_null)
        result =
            TextDatumGetCString(OidFunctionCall2(F_PG_GET_EXPR_PG_NODE_TREE_OID, bound, ObjectIdGetDatum(partition)));
    ReleaseSysCache(tuple);
    return result;
}

Oid local_shard(Oid shell, int ordinal) {
    const table::Table *table = table::find(shell);
    if (!table || static_cast<size_t>(ordinal) >= table->shards.size()) return InvalidOid;
    return table::shard_relid(*table, ordinal);
}

void attach(Oid parent_shard, Oid shard, Oid partition) {
    if (!OidIsValid(parent_shard) || !OidIsValid(shard) || get_rel_relispartition(shard)) return;
    LockRelationOid(parent_shard, AccessExclusiveLock);
    LockRelationOid(shard, AccessExclusiveLock);
    const char *sql = psprintf("ALTER TABLE ONLY %s ATTACH PARTITION %s %s", pg::qualified_name(parent_shard),
                               pg::qualified_name(shard), bound_of(partition));
    // Both must belong to whoever does it, as with the tables themselves.
    as_role(owner_of_both(parent_shard, shard), {}, [&] { pg::execute_definition(pg::parse_definition(sql)); });
}

} // namespace

void attach_partitions(const ShardDraft &draft) {
    const Oid shell = RelationGetRelid(draft.shell);
    const bool is_partition = draft.shell->rd_rel->relispartition;
    const bool is_partitioned = draft.shell->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
    if (!is_partition && !is_partitioned) return;
    const table::Table *table = table::find(shell);
    const int ordinal = table ? ordinal_of_shard(*table, draft.id) : -1;
    if (ordinal < 0)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("shard " INT64_FORMAT " of table \"%s\" is not in the metadata", draft.id,
                               RelationGetRelationName(draft.shell))));
    if (is_partition) attach(local_shard(get_partition_parent(shell, true), ordinal), draft.relid, shell);
    if (is_partitioned)
        for (Oid partition : pg::OidsOf(find_inheritance_children(shell, AccessShareLock)))
            attach(draft.relid, local_shard(partition, ordinal), partition);
}

} // namespace cedro::worker
