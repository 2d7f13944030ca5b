// Random bytes, keyed hashes and password verifiers.
#pragma once
#include "pg/postgres.hpp"

extern "C" {
#include "common/cryptohash.h"
#include "common/hmac.h"
#include "common/sha2.h"
#include "libpq/crypt.h"

// libpq/scram.h needs headers of GSSAPI that Debian does not install.
extern char *pg_be_scram_build_secret(const char *password);
}
