// Comparing and merging of sorted rows.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "lib/binaryheap.h"
#include "utils/sortsupport.h"
}
