// Heavyweight locks.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "storage/lmgr.h"
#include "storage/lock.h"
}
