// What EXPLAIN prints.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "commands/explain.h"
}
