// Gives tables to the cluster: what all ways to distribute a table share.
#pragma once
#include "convert/layout.hpp"

namespace cedro::convert {

/// A table to be converted: itself, followed by its partitions if it has any.
struct Conversion {
    pg::Vector<Oid> relids; ///< as prepare() returned them
    Layout layout;
};

/// Readies a table for a conversion: coordinator and owner only, cluster's
/// metadata and the table (with its partitions) locked, nothing in it that the
/// cluster cannot manage. Returns the relations. `operation` for messages.
/// A partition is refused, unless it is one of a table of the cluster (`is_joining`).
pg::Vector<Oid> prepare(Oid relid, const char *operation, bool is_joining = false);

/// Converts these tables, with their rows, on all nodes; tables that foreign
/// keys connect in a ring must come in one call. Local tables of the cluster
/// change their kind. All in the caller's transaction.
void convert(std::span<const Conversion> conversions);

} // namespace cedro::convert
