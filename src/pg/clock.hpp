// A clock that all processes of the machine share and nobody sets.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "portability/instr_time.h"
}

namespace cedro::pg {

/// Microseconds since some moment before the server's start.
inline int64 monotonic_time() {
    instr_time time;
    INSTR_TIME_SET_CURRENT(time);
    return static_cast<int64>(INSTR_TIME_GET_MICROSEC(time));
}

} // namespace cedro::pg
