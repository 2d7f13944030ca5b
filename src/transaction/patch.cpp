#include "transaction/patch.hpp"

#include "pg/arena.hpp"

namespace cedro::transaction {
namespace {

// The lists live as long as any snapshot of the transaction.
TransactionId *copy_of(const TransactionId *xids, uint32 count, uint32 room) {
    auto *copy = static_cast<TransactionId *>(
        MemoryContextAlloc(TopTransactionContext, sizeof(TransactionId) * (count + room + 1)));
    if (count > 0) memcpy(copy, xids, sizeof(TransactionId) * count);
    return copy;
}

template <typename Count, typename Condition>
void remove_if(TransactionId *xids, Count &count, Condition condition) {
    count = static_cast<Count>(std::remove_if(xids, xids + count, condition) - xids);
}

} // namespace

void advance(Snapshot snapshot, const SnapshotData *later) {
    snapshot->xmax = later->xmax;
    snapshot->xip = copy_of(later->xip, later->xcnt, 0);
    snapshot->xcnt = later->xcnt;
    snapshot->subxip = copy_of(later->subxip, static_cast<uint32>(std::max(later->subxcnt, 0)), 0);
    snapshot->subxcnt = later->subxcnt;
    snapshot->suboverflowed = later->suboverflowed;
    snapshot->snapXactCompletionCount = 0;
}

void include(Snapshot snapshot, TransactionId xid, TransactionId last) {
    auto is_part = [&](TransactionId each) { return each == xid || SubTransGetTopmostTransaction(each) == xid; };
    const bool is_beyond = TransactionIdFollowsOrEquals(last, snapshot->xmax);
    const uint32 gap = is_beyond ? last - snapshot->xmax + 1 : 0;
    snapshot->xip = copy_of(snapshot->xip, snapshot->xcnt, gap);
    if (snapshot->subxcnt > 0 && !snapshot->suboverflowed) {
        const auto count = static_cast<uint32>(snapshot->subxcnt);
        snapshot->subxip = copy_of(snapshot->subxip, count, 0);
        remove_if(snapshot->subxip, snapshot->subxcnt, is_part);
    }
    // A transaction is in the list twice while it hands over to what it has prepared.
    remove_if(snapshot->xip, snapshot->xcnt, [&](TransactionId each) { return each == xid; });
    if (!is_beyond) return;
    // All others from the old xmax on were running, or had not begun.
    TransactionId each = snapshot->xmax;
    for (TransactionId end = last + 1; each != end; each++)
        if (TransactionIdIsNormal(each) && !is_part(each)) snapshot->xip[snapshot->xcnt++] = each;
    TransactionIdAdvance(last);
    snapshot->xmax = last;
}

} // namespace cedro::transaction
