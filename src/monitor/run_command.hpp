// Statements on many nodes, each by itself: outside of the running transaction,
// in the name of the current role, and what goes wrong on one is told, not raised.
#pragma once
#include "pg/arena.hpp"

namespace cedro::monitor {

/// A statement for a node, and what became of it.
struct Command {
    const char *host;
    int32 port;
    const char *sql;
    bool has_succeeded = false;
    bool was_reached = false;
    const char *result = nullptr; ///< the one value, the command's tag, or the error
};

/// Runs the commands, those of one node one after the other on one connection;
/// different nodes work at the same time when is_parallel. This server is reached by a
/// connection too. Only registered nodes are connected to, and this server.
void run_commands(std::span<Command> commands, bool is_parallel);

} // namespace cedro::monitor
