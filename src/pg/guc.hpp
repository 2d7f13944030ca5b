// Settings.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "access/parallel.h"
#include "utils/guc.h"
}
