// Declares a function callable from SQL, in C linkage and exported.
#pragma once
#include "pg/postgres.hpp"

#define PG_SQL_FUNCTION(name)                                                                                          \
    extern "C" {                                                                                                       \
    PGDLLEXPORT Datum name(PG_FUNCTION_ARGS);                                                                          \
    PG_FUNCTION_INFO_V1(name);                                                                                         \
    }                                                                                                                  \
    extern "C" Datum name([[maybe_unused]] PG_FUNCTION_ARGS)
