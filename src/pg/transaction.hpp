// Transactions, prepared ones and who runs them.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "access/subtrans.h"
#include "access/transam.h"
#include "access/twophase.h"
#include "access/xact.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
}
