// The binary form of values (send and receive functions).
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "libpq/pqformat.h"
}
