// The range of values that a bigint sequence of the cluster has on each worker.
#include "cluster/node.hpp"
#include "ddl/describe/make.hpp"
#include "pg/object.hpp"
#include "pg/spi.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::ddl {

namespace {

constexpr int kRangeBits = 48; // a group's values start at groupid << 48

struct Range {
    int64 first;
    int64 last;
};

Range range_of(int64 group) { return {(group << kRangeBits) + 1, (group + 1) << kRangeBits}; }

bool is_bigint(Oid sequence) {
    return pg::with_cached(SEQRELID, sequence, [](HeapTuple tuple) {
               return pg::fields<FormData_pg_sequence>(tuple)->seqtypid;
           }) == INT8OID;
}

// The value given last by the sequence that the coordinator's was on this node before.
std::optional<int64> kept_position(Oid origin, const Range &range) {
    std::optional<int64> kept;
    pg::with_spi([&] {
        pg::rows("SELECT last_value FROM citus_internal.sequence_position WHERE origin = $1", {pg::arg_oid(origin)},
                 [&](HeapTuple tuple, TupleDesc type) { kept = DatumGetInt64(pg::field(tuple, type, 1)); });
    });
    if (kept && (*kept < range.first || *kept > range.last)) return std::nullopt;
    return kept;
}

} // namespace

void adopt_sequence(Oid sequence, Oid origin) {
    const int64 group = cluster::local_group();
    if (group == cluster::kCoordinatorGroup || !is_bigint(sequence)) return;
    const Range range = range_of(group);
    struct State {
        int64 increment, min;
    };
    const State state = pg::with_cached(SEQRELID, sequence, [](HeapTuple tuple) {
        auto *form = pg::fields<FormData_pg_sequence>(tuple);
        return State{form->seqincrement, form->seqmin};
    });
    if (state.min == range.first) return;
    const int64 start = state.increment > 0 ? range.first : range.last;
    const char *name = pg::qualified_name(sequence);
    const char *const adopt[] = {psprintf("ALTER SEQUENCE %s MINVALUE " INT64_FORMAT " MAXVALUE " INT64_FORMAT
                                          " START WITH " INT64_FORMAT " RESTART WITH " INT64_FORMAT,
                                          name, range.first, range.last, start, start)};
    transaction::run_here(adopt);
    if (const std::optional<int64> kept = kept_position(origin, range)) {
        const char *const go_on[] = {psprintf("SELECT pg_catalog.setval(%s::pg_catalog.regclass, " INT64_FORMAT ")",
                                              quote_literal_cstr(name), *kept)};
        transaction::run_here(go_on);
    }
}

void keep_position(Oid sequence, Oid origin) {
    if (cluster::local_group() == cluster::kCoordinatorGroup || !is_bigint(sequence)) return;
    pg::each_row(sequence, InvalidOid, {}, [&](HeapTuple tuple, TupleDesc) {
        auto *data = pg::fields<FormData_pg_sequence_data>(tuple);
        if (!data->is_called) return;
        const char *const keep[] = {psprintf("INSERT INTO citus_internal.sequence_position VALUES (%u, " INT64_FORMAT
                                             ") ON CONFLICT (origin) DO UPDATE SET last_value = EXCLUDED.last_value",
                                             origin, data->last_value)};
        transaction::run_here(keep);
    });
}

} // namespace cedro::ddl
