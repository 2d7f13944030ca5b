// INSERT … ON CONFLICT DO UPDATE whose clause no shard can execute alone.
#pragma once
#include "pg/planner.hpp"

namespace cedro::planner {

/// Why the statement cannot be written as a MERGE; nullptr when it can.
const char *no_upsert_as_merge(const Query *insert);

/// MERGE INTO target USING (the new rows) ON the arbiter's columns are equal WHEN
/// MATCHED AND condition THEN UPDATE … WHEN NOT MATCHED THEN INSERT …, with the RETURNING clause. A row that
/// another transaction inserts meanwhile makes it fail with 23505.
Query *upsert_as_merge(const Query *insert);

} // namespace cedro::planner
