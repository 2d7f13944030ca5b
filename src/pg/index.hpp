// Index expressions and tuples.
#pragma once
#include "pg/executor.hpp"

extern "C" {
#include "catalog/index.h"
#include "catalog/pg_trigger.h"
#include "commands/defrem.h"
#include "commands/trigger.h"
#include "parser/parse_func.h"
#include "catalog/pg_operator.h"
#include "utils/datum.h"
}
