// SERIALIZABLE. PostgreSQL finds dangerous structures of reads and writes
// within one server, and nobody finds those that reach over several. A cycle of
// transactions that each keep to one node lies in one node, so these are safe:
// a serializable transaction that needs a second node is refused.
#pragma once

namespace cedro::transaction {

/// Counts this node among those that the serializable transaction uses in its
/// client's name. Raises 0A000 when it uses another one already.
void use_this_node();

} // namespace cedro::transaction
