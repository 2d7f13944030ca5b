#include "plan/message.hpp"

#include "pg/array.hpp"
#include "pg/catalog.hpp"

namespace cedro::plan {

namespace {

constexpr char kStart[] = "/*cedro1 g=";
constexpr char kEnd[] = "*/ ";

// In place of a colocation: no table has it.
constexpr int32 kSnapshotEntry = -1;

pg::Vector<Group> parse_groups(const char *text) {
    Datum array = OidInputFunctionCall(F_ARRAY_IN, const_cast<char *>(text), INT4OID, -1);
    return groups_of(array);
}

// A header inside a literal or a quoted name is none: nothing quoted may come before it.
const char *start_of_header(const char *sql) {
    if (strncmp(sql, kStart, sizeof kStart - 1) == 0) return sql;
    if (strncmp(sql, "DECLARE ", 8) != 0 && strncmp(sql, "EXPLAIN ", 8) != 0) return nullptr;
    const char *start = strstr(sql, kStart);
    return start && strcspn(sql, "'\"$") >= static_cast<size_t>(start - sql) ? start : nullptr;
}

} // namespace

const char *with_header(const char *sql) { return psprintf("%s$1%s%s", kStart, kEnd, sql); }

const char *with_groups(const char *sql, GroupSet groups, int32 snapshot) {
    return psprintf("%s%s%s%s", kStart, group_parameter(groups, snapshot), kEnd, sql);
}

std::optional<Header> header_of(const char *sql) {
    const char *start = sql ? start_of_header(sql) : nullptr;
    if (!start) return std::nullopt;
    const char *value = start + sizeof kStart - 1;
    const char *end = strstr(value, kEnd);
    if (!end) ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("malformed header of a task")));
    Header header{false, pg::Vector<Group>()};
    const char *text = pnstrdup(value, static_cast<Size>(end - value));
    header.is_parameter = strcmp(text, "$1") == 0;
    if (!header.is_parameter) header.groups = parse_groups(text);
    return header;
}

const char *group_parameter(GroupSet groups, int32 snapshot) {
    StringInfoData buffer;
    initStringInfo(&buffer);
    appendStringInfoChar(&buffer, '{');
    for (const Group &each : groups)
        appendStringInfo(&buffer, "%s%d,%d", buffer.len > 1 ? "," : "", each.colocation, each.ordinal);
    if (snapshot != 0) appendStringInfo(&buffer, "%s%d,%d", buffer.len > 1 ? "," : "", kSnapshotEntry, snapshot);
    appendStringInfoChar(&buffer, '}');
    return buffer.data;
}

int32 snapshot_of(GroupSet groups) {
    for (const Group &each : groups)
        if (each.colocation == kSnapshotEntry) return each.ordinal;
    return 0;
}

pg::Vector<Group> groups_of(Datum int4_array) {
    ArrayType *array = DatumGetArrayTypeP(int4_array);
    if (ARR_ELEMTYPE(array) != INT4OID || ARR_HASNULL(array) || ARR_NDIM(array) > 1)
        ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("malformed shard groups in a task")));
    const int count = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
    if (count % 2 != 0)
        ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("malformed shard groups in a task")));
    const auto *values = reinterpret_cast<const int32 *>(ARR_DATA_PTR(array));
    pg::Vector<Group> groups;
    for (int i = 0; i < count; i += 2) groups.push({values[i], values[i + 1]});
    return groups;
}

} // namespace cedro::plan
