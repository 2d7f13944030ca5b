// A rebalance as a job in the background: pg_dist_background_job and its tasks, one for each move.
#pragma once
#include "rebalance/plan.hpp"

namespace cedro::rebalance {

struct BackgroundRequest {
    const char *strategy; ///< nullptr: the default one
    bool only_drain;
    const char *transfer_mode;  ///< label of citus.shard_transfer_mode
    bool moves_side_by_side;    ///< moves within one co-location group need not wait for each other
};

/// Notes the moves that even out all tables as tasks of a new job, which the daemon runs in the name of the current
/// role. Coordinator only; raises 55000 while another one runs. Returns the job, or nothing, with a NOTICE, when
/// there is nothing to move.
std::optional<int64> start_in_background(const BackgroundRequest &request);

} // namespace cedro::rebalance
