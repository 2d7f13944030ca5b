// Index scans over catalog tables.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "access/stratnum.h"
#include "catalog/pg_namespace.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
}
