// Options of statements as the parser gives them.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "commands/defrem.h"
#include "utils/snapmgr.h"
}
