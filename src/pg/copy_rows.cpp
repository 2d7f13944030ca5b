#include "pg/copy_rows.hpp"

#include "pg/scope.hpp"

extern "C" {
#include "commands/copy.h"
#include "parser/parse_relation.h"
}

namespace cedro::pg {

namespace {

// The source of the COPY FROM that is running: its callback takes no argument.
constinit std::span<const char> pending = {};

extern "C" int give_bytes(void *buffer, int, int most) {
    const size_t count = std::min(pending.size(), static_cast<size_t>(most));
    memcpy(buffer, pending.data(), count);
    pending = pending.subspan(count);
    return static_cast<int>(count);
}

// The parse state of a COPY; its range table says which columns are written,
// which decides what an error message may show.
ParseState *parse_state(const Copy &copy, LOCKMODE lock) {
    ParseState *state = make_parsestate(nullptr);
    state->p_sourcetext = copy.source;
    ParseNamespaceItem *item = addRangeTableEntryForRelation(state, copy.relation, lock, nullptr, false, false);
    List *columns = copy_columns(copy);
    for (int i = 0; i < list_length(columns); i++) {
        const int column = list_nth_int(columns, i) - FirstLowInvalidHeapAttributeNumber;
#if PG_VERSION_NUM >= 160000
        item->p_perminfo->insertedCols = bms_add_member(item->p_perminfo->insertedCols, column);
#else
        item->p_rte->insertedCols = bms_add_member(item->p_rte->insertedCols, column);
#endif
    }
    return state;
}

uint64 copy_from(const Copy &copy, copy_data_source_cb source) {
    if (XactReadOnly) PreventCommandIfReadOnly("COPY FROM");
    ParseState *state = parse_state(copy, RowExclusiveLock);
    CopyFromState running =
        BeginCopyFrom(state, copy.relation, nullptr, nullptr, false, source, copy.columns, copy.options);
    const uint64 rows = CopyFrom(running);
    EndCopyFrom(running);
    free_parsestate(state);
    return rows;
}

} // namespace

List *copy_columns(const Copy &copy) {
    return CopyGetAttnums(RelationGetDescr(copy.relation), copy.relation, copy.columns);
}

uint64 copy_from_client(const Copy &copy) { return copy_from(copy, nullptr); }

uint64 copy_from_memory(const Copy &copy, std::span<const char> data) {
    // A trigger or a check may copy in turn.
    const std::span<const char> outer = pending;
    uint64 rows = 0;
    finally(
        [&] {
            pending = data;
            rows = copy_from(copy, give_bytes);
        },
        [&] { pending = outer; });
    return rows;
}

uint64 copy_to_client(const Copy &copy, RawStmt *query) {
    ParseState *state = make_parsestate(nullptr);
    state->p_sourcetext = copy.source;
#if PG_VERSION_NUM >= 160000
    CopyToState running =
        BeginCopyTo(state, copy.relation, query, InvalidOid, nullptr, false, nullptr, copy.columns, copy.options);
#else
    CopyToState running =
        BeginCopyTo(state, copy.relation, query, InvalidOid, nullptr, false, copy.columns, copy.options);
#endif
    const uint64 rows = DoCopyTo(running);
    EndCopyTo(running);
    free_parsestate(state);
    return rows;
}

} // namespace cedro::pg
