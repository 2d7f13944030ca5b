#include "rebalance/rebalance.hpp"

#include "cluster/node.hpp"
#include "move/placement.hpp"
#include "pg/lock.hpp"
#include "pg/scope.hpp"
#include "transaction/own_session.hpp"
#include "rebalance/progress.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/gate.hpp"

namespace cedro::rebalance {

namespace {

// Citus' advisory lock class for rebalances.
constexpr uint16 kRebalanceClass = 7;

// Two of them would work on plans that contradict each other.
void be_the_only_one() {
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, 0, kRebalanceClass);
    if (LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL) return;
    ereport(ERROR, (errcode(ERRCODE_LOCK_NOT_AVAILABLE), errmsg("another rebalance is running"),
                    errhint("get_rebalance_progress() shows how far it is.")));
}

const cluster::Node &node_of(int32 group) {
    if (const cluster::Node *node = cluster::primary_of(group)) return *node;
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("node group %d has no primary node", group)));
}

void report(const Move &move) {
    const cluster::Node &from = node_of(move.from);
    const cluster::Node &to = node_of(move.to);
    ereport(NOTICE, (errmsg("moving shard " INT64_FORMAT " of table \"%s\" from %s:%d to %s:%d", move.shard,
                            get_rel_name(move.relid), from.host, from.port, to.host, to.port)));
}

void each_move(std::span<const Move> moves, pg::FunctionRef<void(const Move &)> carry_out) {
    announce(moves);
    pg::finally(
        [&] {
            for (size_t i = 0; i < moves.size(); i++) {
                CHECK_FOR_INTERRUPTS();
                set_stage(i, Stage::Running);
                report(moves[i]);
                carry_out(moves[i]);
                set_stage(i, Stage::Done);
            }
        },
        [] { withdraw(); });
}

void move_one_by_one(std::span<const Move> moves) {
    each_move(moves, [](const Move &move) {
        transaction::run_by_itself(psprintf("SELECT pg_catalog.citus_move_shard_placement(" INT64_FORMAT ", %d, %d, 'block_writes')",
                               move.shard, node_of(move.from).id, node_of(move.to).id));
    });
}

// The gates are closed in order before anything moves: a statement that writes to
// several groups passes them in that order too, so the two cannot wait for each other.
void close_gates(std::span<const Move> moves) {
    pg::Vector<move::ShardGroup> groups;
    for (const Move &each : moves) groups.push(move::group_of_shard(each.shard));
    std::sort(groups.begin(), groups.end(), [](const move::ShardGroup &a, const move::ShardGroup &b) {
        if (a.colocation != b.colocation) return a.colocation < b.colocation;
        return transaction::gate_number(a.ordinal) < transaction::gate_number(b.ordinal);
    });
    for (const move::ShardGroup &group : groups) move::close_gates(group);
}

void move_together(std::span<const Move> moves) {
    transaction::lock_metadata();
    close_gates(moves);
    each_move(moves, [](const Move &move) {
        move::move_shard(move.shard, {move.from, move.to}, move::TransferMode::BlockWrites);
    });
}

} // namespace

void rebalance(const Request &request) {
    cluster::require_coordinator("rebalance_table_shards");
    be_the_only_one();
    const bool commits_each = transaction::can_commit_each();
    const pg::Vector<Move> moves = plan(request);
    if (moves.empty()) return;
    if (!commits_each) {
        ereport(NOTICE, (errmsg("all moves commit together, and writes to the shards wait until then"),
                         errhint("Outside of a transaction block each move commits by itself.")));
        return move_together(moves);
    }
    transaction::with_own_session([&] { move_one_by_one(moves); });
}

void drain_node(const char *host, int32 port, const char *strategy) {
    cluster::require_coordinator("citus_drain_node");
    be_the_only_one();
    const char *command = psprintf("SELECT pg_catalog.citus_set_node_property(%s, %d, 'shouldhaveshards', false)",
                                   quote_literal_cstr(host), port);
    const Request request{InvalidOid, std::nullopt, std::nullopt, INT_MAX, {}, true, strategy};
    if (!transaction::can_commit_each()) {
        transaction::run_here({&command, 1});
        CommandCounterIncrement();
        return move_together(plan(request));
    }
    transaction::with_own_session([&] {
        transaction::run_by_itself(command);
        AcceptInvalidationMessages();
        move_one_by_one(plan(request));
    });
}

} // namespace cedro::rebalance
