// Moves the rows that a fragment reads from elsewhere to the nodes of its tasks,
// before these begin.
#pragma once
#include "executor/placement.hpp"
#include "plan/exchange.hpp"

namespace cedro::executor {

/// An exchange of one execution.
struct RunningExchange {
    int64 id;
    const plan::Exchange *plan;
    pg::Vector<int32> nodes; ///< that hold something of it
    int64 rows;              ///< moved
    int64 bytes;
};

/// Gives the exchanges that the fragment reads ids of their own.
pg::Vector<RunningExchange> name_exchanges(const plan::Fragment *fragment);

/// The text of the fragment's tasks.
const char *text_with(const plan::Fragment *fragment, std::span<const RunningExchange> exchanges);

/// Lets all nodes send each other what the tasks read, and waits for it. Each
/// task keeps one node, where its rows are.
void fill_exchanges(std::span<RunningExchange> exchanges, std::span<Task> tasks);

/// Removes the rows from the nodes. Not needed after an error: they go with the transaction.
void drop_exchanges(std::span<const RunningExchange> exchanges);

} // namespace cedro::executor
