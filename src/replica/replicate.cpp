#include "replica/replicate.hpp"

#include "cluster/node.hpp"
#include "replica/factor.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/own_session.hpp"

namespace cedro::replica {

namespace {

bool is_excluded(const move::ShardGroup &group, std::span<const int64> excluded) {
    return std::ranges::any_of(group.members, [&](const move::Member &each) {
        return std::ranges::find(excluded, each.shard) != excluded.end();
    });
}

/// Makes the copies by the function given; true when none is missing in the end.
bool make_copies(const Request &request, pg::FunctionRef<void(const move::ShardGroup &, move::Transfer)> make) {
    const int32 colocation = table::get(request.relid).colocation;
    const int shard_count = static_cast<int>(table::get(request.relid).shards.size());
    int made = 0;
    bool is_complete = true;
    for (int ordinal = 0; ordinal < shard_count; ordinal++)
        for (;;) {
            const move::ShardGroup group = move::group_at(colocation, ordinal);
            const std::optional<move::Transfer> transfer = missing_copy(group, request.factor);
            if (!transfer) break;
            if (made == request.max_copies || is_excluded(group, request.excluded)) {
                is_complete = false;
                break;
            }
            make(group, *transfer);
            made++;
        }
    return is_complete;
}

void copy_by_itself(const move::ShardGroup &group, move::Transfer transfer) {
    transaction::run_by_itself(psprintf(
        "SELECT pg_catalog.citus_copy_shard_placement(" INT64_FORMAT ", %d, %d, 'block_writes')", group.shard().id,
        cluster::primary_of(transfer.from)->id, cluster::primary_of(transfer.to)->id));
    AcceptInvalidationMessages();
}

} // namespace

void replicate(const Request &request) {
    cluster::require_coordinator("replicate_table_shards");
    require_possible(table::get(request.relid), request.factor);
    bool is_complete = false;
    if (transaction::can_commit_each()) {
        transaction::with_own_session([&] { is_complete = make_copies(request, [](const move::ShardGroup &group, move::Transfer transfer) { copy_by_itself(group, transfer); }); });
        transaction::lock_metadata();
    } else {
        transaction::lock_metadata();
        is_complete = make_copies(request, [](const move::ShardGroup &group, move::Transfer transfer) {
            move::require_possible(group, transfer);
            move::copy(group, transfer);
        });
    }
    if (is_complete) settle(table::get(request.relid).colocation, request.factor);
}

} // namespace cedro::replica
