// Which key types hash alike, and by which function a key is hashed.
#pragma once
#include "pg/arena.hpp"

namespace cedro::table {

/// Keys of one family hash equal values equally, so their tables may share
/// shard groups: int2, int4 and int8; text and varchar; each type of its own
/// otherwise.
struct KeyFamily {
    Oid opfamily;  ///< of the default hash operator class
    Oid type;      ///< InvalidOid where the family is one for all its types
    Oid collation; ///< InvalidOid for types without collation
    bool operator==(const KeyFamily &) const = default;
};

/// The family of a type; nothing when the type has no hash operator class.
std::optional<KeyFamily> key_family(Oid type, Oid collation);

/// The function (key) → int4 by which keys of a type are hashed: support
/// function 1 of the default hash operator class, or for enums, whose values
/// are oids that differ between nodes, our own hash of the label. InvalidOid
/// when there is none.
Oid key_hash_function(Oid type);

/// Whether the hash of a value depends on oids that differ from node to node:
/// enums inside of other types, and the types that name objects (regclass …).
/// Such a type cannot be a key.
bool is_node_dependent(Oid type);

} // namespace cedro::table
