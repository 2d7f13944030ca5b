// Settings of the server that rule what a node can do.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "access/twophase.h"
#include "access/xlog.h"
#include "replication/slot.h"
}
