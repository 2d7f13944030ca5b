// What a backend must look after while it sleeps.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "libpq/pqsignal.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/pmsignal.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
}
