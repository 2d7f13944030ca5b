// SQL arrays.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "utils/array.h"
}
