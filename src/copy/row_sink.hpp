// Rows of one table, routed by key to the placements of their shards.
#pragma once
#include "pg/arena.hpp"
#include "table/table.hpp"

namespace cedro::copy {

/// Where rows go. Buffers some hundred kilobytes per shard group and writes
/// them by COPY to every placement of the group, in this distributed transaction.
struct RowSink;

/// Opens a sink for rows of all columns that are neither dropped nor generated,
/// in attribute order. `role`: whose INSERT privilege and policies apply on the
/// nodes; InvalidOid: the node itself (a table being distributed).
RowSink *open(const table::Table &table, Oid role);

/// Adds a row of the shell's own row type (values by attribute number - 1).
/// A NULL key goes to the shard that owns hash 0.
void put(RowSink *sink, const Datum *values, const bool *nulls);

/// Writes what is buffered; returns the number of rows put. The sink is gone afterwards.
uint64 close(RowSink *sink);

} // namespace cedro::copy
