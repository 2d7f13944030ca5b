// Heavyweight locks.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/sinvaladt.h"

#include <signal.h>
}
