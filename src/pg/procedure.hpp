// Functions as the catalog describes them.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "catalog/pg_proc.h"
#include "utils/regproc.h"
}
