// Settings.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "utils/guc.h"
}
