// Settings of the server that rule what a node can do.
#pragma once
#include "pg/postgres.hpp"

#include <csignal>
#include <unistd.h>

extern "C" {
#include "access/twophase.h"
#include "access/xlog.h"
#include "postmaster/interrupt.h"
#include "postmaster/postmaster.h"
#include "replication/slot.h"
}
