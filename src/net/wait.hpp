// Sleeping on sockets. Plain poll(): measured cheaper than wait event sets, and
// usable where nothing may be allocated and no error raised (after a commit).
#pragma once
#include "pg/postgres.hpp"

namespace cedro::net {

/// A moment of the monotonic clock, in milliseconds.
using Deadline = int64;
inline constexpr Deadline kNever = INT64_MAX;

Deadline now();
/// The moment so many milliseconds from now.
Deadline in_milliseconds(int64 milliseconds);

struct Socket {
    int descriptor; ///< -1: ignored
    bool wants_read;
    bool wants_write;
    bool is_ready = false; ///< set by wait()
};

enum class Interrupts {
    Process, ///< a cancel, a timeout or the server's shutdown raises an error
    Hold     ///< never raises; for the end of a transaction
};

/// Sleeps until a socket is ready (true) or the deadline has passed (false).
bool wait(std::span<Socket> sockets, Deadline deadline, Interrupts interrupts);

/// Called before interrupts are processed: may raise a better error than the cancel's.
void set_interrupt_check(void (*check)());

} // namespace cedro::net
