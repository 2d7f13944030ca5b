#include "table/table.hpp"

#include "pg/text.hpp"

namespace cedro::table {

const char *shard_name(const char *name, int64 shard) {
    char suffix[24];
    const int suffix_length = snprintf(suffix, sizeof suffix, "_" INT64_FORMAT, shard);
    const int length = static_cast<int>(strlen(name));
    if (length + suffix_length < NAMEDATALEN) return psprintf("%s%s", name, suffix);

    // Nine bytes go to "_" and the eight digits of the hash of the full name,
    // which keeps long names apart that share their beginning.
    const uint32 digest =
        DatumGetUInt32(hash_any(reinterpret_cast<const unsigned char *>(name), length));
    const int kept = pg_mbcliplen(name, length, NAMEDATALEN - 1 - suffix_length - 9);
    return psprintf("%.*s_%08x%s", kept, name, digest, suffix);
}

} // namespace cedro::table
