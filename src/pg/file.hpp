// Files of the data directory.
#pragma once
#include "pg/postgres.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {
#include "storage/fd.h"
}
