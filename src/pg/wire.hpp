// The binary form of values (send and receive functions), and values without pointers to elsewhere.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "access/detoast.h"
#include "libpq/pqformat.h"
}
