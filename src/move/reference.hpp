// Reference tables come to nodes that lack them.
#pragma once
#include "move/shard_group.hpp"

namespace cedro::move {

/// Copies every reference table to each active node that has no placement of
/// it yet. Coordinator only.
void replicate_reference_tables();

/// The same for one node, for which the metadata is locked already.
void replicate_reference_tables_to(int32 group);

} // namespace cedro::move
