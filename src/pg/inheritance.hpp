// Partitions, children and indexes of tables.
#pragma once
#include "pg/list.hpp"

extern "C" {
#include "catalog/index.h"
#include "catalog/pg_inherits.h"
}
