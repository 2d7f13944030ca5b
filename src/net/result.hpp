// libpq's types without PostgreSQL's frontend headers.
#pragma once

extern "C" {
#include <libpq-fe.h>
}
