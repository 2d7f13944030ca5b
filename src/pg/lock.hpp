// Heavyweight locks.
#pragma once
#include "pg/postgres.hpp"

#include <csignal>

extern "C" {
#include "access/twophase.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/sinvaladt.h"
}

namespace cedro::pg {

/// The virtual transaction that a lock entry belongs to.
inline VirtualTransactionId virtual_transaction(const LockInstanceData &entry) {
#if PG_VERSION_NUM >= 170000
    return entry.vxid;
#else
    return {entry.backend, entry.lxid};
#endif
}

} // namespace cedro::pg
