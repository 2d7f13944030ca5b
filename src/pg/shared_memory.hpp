// Memory that all backends share, and its locks.
#pragma once
#include "pg/postgres.hpp"

#include <csignal>

extern "C" {
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "storage/spin.h"
}

namespace cedro::pg {

/// The position of this process among all that the server can have.
inline int my_process_number() {
#if PG_VERSION_NUM >= 170000
    return MyProcNumber;
#else
    return MyProc->pgprocno;
#endif
}

} // namespace cedro::pg
