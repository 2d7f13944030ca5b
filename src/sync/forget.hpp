// The receiving side of a refresh.
#pragma once
#include "pg/arena.hpp"
#include "pg/object.hpp"

namespace cedro::sync {

/// Takes away what this node has of the cluster: all rows of its metadata, the
/// relations of shards that are not among `shards`, and shells whose qualified
/// name is not among `tables`. Other shells stay, to be compared.
void forget_cluster(std::span<const int64> shards, std::span<const char *const> tables);

/// Drops the objects that the cluster kept equal here and does not keep any
/// more: those recorded that are not among `kept`. One that something of this
/// node's own needs stays, with a WARNING.
void forget_objects(std::span<const ObjectAddress> kept);

} // namespace cedro::sync
