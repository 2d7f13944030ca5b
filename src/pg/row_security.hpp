// Whether policies apply.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "commands/policy.h"
#include "rewrite/rowsecurity.h"
#include "utils/rls.h"
}
