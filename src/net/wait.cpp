#include "net/wait.hpp"

#include "pg/wait.hpp"

#include <alloca.h>
#include <ctime>
#include <poll.h>

namespace cedro::net {
namespace {

using Check = void (*)();
constinit Check interrupt_check = nullptr;

// A dead postmaster is noticed at the end of a slice.
constexpr int64 kSlice = 1000;

bool has_interrupt() { return InterruptPending && INTERRUPTS_CAN_BE_PROCESSED(); }

/// poll() that a signal ends even when it arrived just before: signals are
/// blocked while the flags are read and unblocked by ppoll() itself.
int sleep_on(pollfd *entries, size_t count, int64 milliseconds, Interrupts interrupts) {
    const timespec timeout{milliseconds / 1000, (milliseconds % 1000) * 1000000};
    sigset_t before;
    sigprocmask(SIG_SETMASK, &BlockSig, &before);
    int ready = 0;
    pgstat_report_wait_start(PG_WAIT_EXTENSION);
    if (interrupts == Interrupts::Hold || !has_interrupt()) ready = ppoll(entries, count, &timeout, &before);
    pgstat_report_wait_end();
    sigprocmask(SIG_SETMASK, &before, nullptr);
    return ready;
}

} // namespace

Deadline now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<int64>(time.tv_sec) * 1000 + time.tv_nsec / 1000000;
}

Deadline in_milliseconds(int64 milliseconds) { return now() + milliseconds; }

void set_interrupt_check(void (*check)()) { interrupt_check = check; }

bool wait(std::span<Socket> sockets, Deadline deadline, Interrupts interrupts) {
    auto *entries = static_cast<pollfd *>(alloca((sockets.size() + 1) * sizeof(pollfd)));
    for (size_t i = 0; i < sockets.size(); i++) {
        const Socket &each = sockets[i];
        entries[i] = {each.descriptor,
                      static_cast<short>((each.wants_read ? POLLIN : 0) | (each.wants_write ? POLLOUT : 0)), 0};
        sockets[i].is_ready = false;
    }
    for (;;) {
        if (interrupts == Interrupts::Process) {
            if (interrupt_check && InterruptPending) interrupt_check();
            CHECK_FOR_INTERRUPTS();
        }
        const int64 rest = deadline == kNever ? kSlice : std::min<int64>(kSlice, deadline - now());
        const int ready = sleep_on(entries, sockets.size(), std::max<int64>(rest, 0), interrupts);
        if (ready > 0) {
            for (size_t i = 0; i < sockets.size(); i++) sockets[i].is_ready = entries[i].revents != 0;
            return true;
        }
        if (!PostmasterIsAlive() && interrupts == Interrupts::Process) proc_exit(1);
        if (deadline != kNever && now() >= deadline) return false;
    }
}

} // namespace cedro::net
