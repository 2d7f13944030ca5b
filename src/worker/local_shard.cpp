#include "worker/local_shard.hpp"

#include "cluster/node.hpp"
#include "pg/catalog.hpp"
#include "pg/transaction.hpp"
#include "transaction/gate.hpp"

namespace cedro::worker {

namespace {

[[noreturn]] void raise_absent(Oid shell, int ordinal) {
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("shard group %d of table \"%s\" is not on this node", ordinal, get_rel_name(shell)),
                    errdetail("The shard has moved, or its table has changed, since the statement was planned."),
                    errhint("Run the statement again.")));
}

// The relation, when the catalogs say that this node holds the placement. A
// placement that was moved away leaves its relation behind for some time, for
// reads that were on their way to it. Writes are not: see transaction/gate.hpp.
Oid placed_shard(Oid shell, int ordinal, LOCKMODE lock) {
    const table::Table *table = table::find(shell);
    if (!table || static_cast<size_t>(ordinal) >= table->shards.size()) return InvalidOid;
    if (lock > AccessShareLock &&
        !table::placement_on(table->shards[static_cast<size_t>(ordinal)], cluster::local_group()))
        return InvalidOid;
    return table::shard_relid(*table, ordinal);
}

// A move that brings the shard here may have committed on the sender's node and not yet on this one. It keeps the gate
// closed here until it has.
void wait_for_move(Oid shell, int ordinal) {
    if (const table::Table *table = table::find(shell)) transaction::pass_gates(table->colocation, {&ordinal, 1});
    AcceptInvalidationMessages();
}

// A transaction that keeps one snapshot does not see the rows that a move or a
// conversion has put into a relation since: to it the shard would be empty.
void check_snapshot(Oid shell, Oid shard) {
    if (!IsolationUsesXactSnapshot()) return;
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(shard));
    if (!HeapTupleIsValid(tuple)) return;
    const TransactionId maker = HeapTupleHeaderGetXmin(tuple->t_data);
    ReleaseSysCache(tuple);
    if (!TransactionIdIsNormal(maker) || TransactionIdIsCurrentTransactionId(maker)) return;
    if (XidInMVCCSnapshot(maker, GetTransactionSnapshot()))
        ereport(ERROR,
                (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
                 errmsg("could not serialize access due to concurrent change of table \"%s\"", get_rel_name(shell)),
                 errdetail("A shard of it was moved, or the table was changed, after this transaction began."),
                 errhint("The transaction might succeed if retried.")));
}

} // namespace

int ordinal_in(const table::Table &table, plan::GroupSet groups) {
    if (table.kind == table::Kind::Reference || table.kind == table::Kind::Local) return 0;
    for (const plan::Group &group : groups)
        if (group.colocation == table.colocation) return group.ordinal;
    ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION),
                    errmsg("a task reads table \"%s\" but names none of its shard groups", get_rel_name(table.relid))));
}

Oid open_local_shard(Oid shell, int ordinal, LOCKMODE lock) {
    Oid shard = placed_shard(shell, ordinal, lock);
    if (!OidIsValid(shard)) {
        wait_for_move(shell, ordinal);
        shard = placed_shard(shell, ordinal, lock);
    }
    while (OidIsValid(shard) && lock != NoLock) {
        LockRelationOid(shard, lock); // and learns of what others committed meanwhile
        const Oid locked = shard;
        shard = placed_shard(shell, ordinal, lock);
        if (shard == locked) break; // else it came back as another relation
    }
    if (!OidIsValid(shard)) raise_absent(shell, ordinal);
    check_snapshot(shell, shard);
    return shard;
}

} // namespace cedro::worker
