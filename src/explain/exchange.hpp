// What EXPLAIN says about rows that move between nodes before a fragment runs.
#pragma once
#include "executor/exchange.hpp"
#include "pg/explain.hpp"

namespace cedro::explain {

/// Shows the exchanges that a fragment reads, and those that their producers read. `are_done`: rows have moved.
void explain_exchanges(std::span<const executor::RunningExchange> exchanges, bool are_done, ExplainState *state);

} // namespace cedro::explain
