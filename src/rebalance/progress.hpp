// What the rebalances of this server are doing, in shared memory: for other
// sessions to look at.
#pragma once
#include "rebalance/plan.hpp"

namespace cedro::rebalance {

enum class Stage : uint8 { Waiting, Running, Done };

struct ProgressLine {
    int32 pid;
    Oid database;
    Move move;
    Stage stage;
};

/// Announces the moves of this backend; the first thousand of them can be seen by others.
void announce(std::span<const Move> moves);

/// The stage that a move (by its place in the announced list) has come to.
void set_stage(size_t move, Stage stage);

/// Withdraws the announcement. Never raises.
void withdraw();

/// The announced moves of all backends in this database.
pg::Vector<ProgressLine> progress();

/// Called by the hooks of shared memory.
void request_shared_memory();
void attach_shared_memory();

} // namespace cedro::rebalance
