// Trigger functions and what they are called with.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "commands/event_trigger.h"
#include "commands/trigger.h"
#include "utils/fmgroids.h"
}
