#include "transaction/sequence.hpp"

#include "cluster/node.hpp"
#include "pg/lock.hpp"
#include "pg/scope.hpp"
#include "pg/sequence.hpp"
#include "pg/text.hpp"
#include "transaction/session.hpp"

namespace cedro::transaction {

namespace {

// A session that needs one value should not use up many; one that needs many should not ask for each.
constexpr int kFirstBlock = 1;
constexpr int kLargestBlock = 64;

// Keeps these locks apart from pg_advisory_lock's, which use 1 and 2.
constexpr uint16 kSequenceClass = 0xCF;

// Values fetched and not given out yet.
struct Block {
    Oid sequence; // hash key
    Oid file;     // a sequence that was restarted has another one
    int size;     // of the next fetch
    int count;
    int next;
    int64 values[kLargestBlock];
};

constinit HTAB *blocks = nullptr;

Block &block_of(Oid sequence, Oid file) {
    if (!blocks) {
        HASHCTL control{};
        control.keysize = sizeof(Oid);
        control.entrysize = sizeof(Block);
        control.hcxt = TopMemoryContext;
        blocks = hash_create("citus sequence values", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    }
    bool found = false;
    auto *block = static_cast<Block *>(hash_search(blocks, &sequence, HASH_ENTER, &found));
    if (!found || block->file != file) {
        block->file = file;
        block->size = kFirstBlock;
        block->count = block->next = 0;
    }
    return *block;
}

void fetch(Block &block) {
    const cluster::Node *coordinator = cluster::primary_of(cluster::kCoordinatorGroup);
    if (!coordinator)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("this node does not know the coordinator, which gives out the values of sequence \"%s\"",
                               get_rel_name(block.sequence)),
                        errhint("Run citus_set_coordinator_host on the coordinator.")));
    const Parameter parameters[] = {{TEXTOID, pg::qualified_name(block.sequence)},
                                    {INT4OID, psprintf("%d", block.size)}};
    const PGresult *result =
        run(session(coordinator->id), {"CALL citus_internal.take_sequence_values($1, $2, NULL)", parameters});
    const char *text = PQgetvalue(result, 0, 0); // {1,2,3}
    block.count = block.next = 0;
    for (const char *at = text; block.count < block.size && (*at == '{' || *at == ',');) {
        char *end = nullptr;
        block.values[block.count++] = strtoll(at + 1, &end, 10);
        at = end;
    }
    if (block.count == 0)
        ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("the coordinator gave no sequence values")));
    block.size = std::min(block.size * 2, kLargestBlock);
}

Datum set_value(Oid sequence, int64 value, bool is_called) {
    return OidFunctionCall3(F_SETVAL_REGCLASS_INT8_BOOL, ObjectIdGetDatum(sequence), Int64GetDatum(value),
                            BoolGetDatum(is_called));
}

// Lets this node's sequence give the value, so that currval and lastval know it;
// and leaves it used up, for values of its own would be another node's.
void give_here(Oid sequence, int64 value, Oid owner) {
    const FormData_pg_sequence row = pg::sequence_row(sequence);
    if (value < row.seqmin || value > row.seqmax) return;
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, sequence, 0, kSequenceClass);
    LockAcquire(&tag, ExclusiveLock, false, false);
    pg::with_user(owner, SECURITY_LOCAL_USERID_CHANGE, [&] {
        set_value(sequence, value, false);
        nextval_internal(sequence, false);
        set_value(sequence, row.seqincrement > 0 ? row.seqmax : row.seqmin, false);
    });
    LockRelease(&tag, ExclusiveLock, false);
}

} // namespace

int64 next_value(Oid sequence) {
    if (cluster::is_coordinator()) return nextval_internal(sequence, true);
    if (pg_class_aclcheck(sequence, GetUserId(), ACL_USAGE | ACL_UPDATE) != ACLCHECK_OK)
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("permission denied for sequence %s", get_rel_name(sequence))));
    PreventCommandIfReadOnly("nextval()");
    Oid owner = InvalidOid;
    const Oid file = pg::with_relation(sequence, RowExclusiveLock, [&](Relation relation) {
        owner = relation->rd_rel->relowner;
        return relation->rd_rel->relfilenode;
    });
    Block &block = block_of(sequence, file);
    if (block.next >= block.count) fetch(block);
    const int64 value = block.values[block.next++];
    give_here(sequence, value, owner);
    return value;
}

pg::Vector<int64> take_values(Oid sequence, int count) {
    pg::Vector<int64> values;
    for (int i = 0; i < count; i++) values.push(nextval_internal(sequence, false));
    return values;
}

} // namespace cedro::transaction
