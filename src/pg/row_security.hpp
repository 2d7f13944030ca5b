// Whether policies apply.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "utils/rls.h"
}
