// What TRUNCATE and LOCK TABLE reach beside the tables they name.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "catalog/heap.h"
#include "catalog/pg_inherits.h"
}
