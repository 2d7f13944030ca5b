// The type cluster_clock: a hybrid logical clock of 12 bytes, ordered by its
// logical part, then by its counter.
#include "pg/function.hpp"
#include "pg/wire.hpp"

#include <charconv>

namespace cedro::api {
namespace {

/// As stored: the type is aligned to 4 bytes only, so the logical part is kept as bytes.
struct Stored {
    uint8 logical[sizeof(uint64)];
    uint32 counter;
};
static_assert(sizeof(Stored) == 12 && alignof(Stored) == 4);

struct Clock {
    uint64 logical; // milliseconds
    uint32 counter;
    auto operator<=>(const Clock &) const = default;
};

Clock argument(FunctionCallInfo fcinfo, int number) {
    auto *stored = static_cast<const Stored *>(static_cast<void *>(PG_GETARG_POINTER(number)));
    Clock clock{0, stored->counter};
    memcpy(&clock.logical, stored->logical, sizeof(clock.logical));
    return clock;
}

Datum result(Clock clock) {
    auto *stored = static_cast<Stored *>(palloc(sizeof(Stored)));
    memcpy(stored->logical, &clock.logical, sizeof(clock.logical));
    stored->counter = clock.counter;
    return PointerGetDatum(stored);
}

/// Reads "(logical,counter)", with blanks around each part.
std::optional<Clock> parse(std::string_view text) {
    Clock clock;
    auto skip = [&](char expected) {
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        if (text.empty() || text.front() != expected) return false;
        text.remove_prefix(1);
        return true;
    };
    auto number = [&](auto &value) {
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc()) return false;
        text.remove_prefix(static_cast<size_t>(end - text.data()));
        return true;
    };
    if (!skip('(') || !number(clock.logical) || !skip(',') || !number(clock.counter) || !skip(')')) return std::nullopt;
    return text.find_first_not_of(' ') == std::string_view::npos ? std::optional(clock) : std::nullopt;
}

} // namespace

PG_SQL_FUNCTION(cluster_clock_in) {
    const char *text = PG_GETARG_CSTRING(0);
    std::optional<Clock> clock = parse(text);
    if (!clock)
        ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
                        errmsg("invalid input syntax for type %s: \"%s\"", "cluster_clock", text),
                        errhint("A clock is written as (logical,counter), for example (1718000000000,3).")));
    return result(*clock);
}

PG_SQL_FUNCTION(cluster_clock_out) {
    Clock clock = argument(fcinfo, 0);
    PG_RETURN_CSTRING(psprintf("(" UINT64_FORMAT ",%u)", clock.logical, clock.counter));
}

PG_SQL_FUNCTION(cluster_clock_recv) {
    auto *buffer = static_cast<StringInfo>(static_cast<void *>(PG_GETARG_POINTER(0)));
    uint64 logical = static_cast<uint64>(pq_getmsgint64(buffer));
    uint32 counter = pq_getmsgint(buffer, sizeof(uint32));
    return result({logical, counter});
}

PG_SQL_FUNCTION(cluster_clock_send) {
    Clock clock = argument(fcinfo, 0);
    StringInfoData buffer;
    pq_begintypsend(&buffer);
    pq_sendint64(&buffer, clock.logical);
    pq_sendint32(&buffer, clock.counter);
    PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

PG_SQL_FUNCTION(cluster_clock_lt) { PG_RETURN_BOOL(argument(fcinfo, 0) < argument(fcinfo, 1)); }

PG_SQL_FUNCTION(cluster_clock_le) { PG_RETURN_BOOL(argument(fcinfo, 0) <= argument(fcinfo, 1)); }

PG_SQL_FUNCTION(cluster_clock_eq) { PG_RETURN_BOOL(argument(fcinfo, 0) == argument(fcinfo, 1)); }

PG_SQL_FUNCTION(cluster_clock_ne) { PG_RETURN_BOOL(argument(fcinfo, 0) != argument(fcinfo, 1)); }

PG_SQL_FUNCTION(cluster_clock_ge) { PG_RETURN_BOOL(argument(fcinfo, 0) >= argument(fcinfo, 1)); }

PG_SQL_FUNCTION(cluster_clock_gt) { PG_RETURN_BOOL(argument(fcinfo, 0) > argument(fcinfo, 1)); }

PG_SQL_FUNCTION(cluster_clock_cmp) {
    auto order = argument(fcinfo, 0) <=> argument(fcinfo, 1);
    PG_RETURN_INT32(order < 0 ? -1 : order > 0 ? 1 : 0);
}

PG_SQL_FUNCTION(cluster_clock_logical) { PG_RETURN_INT64(static_cast<int64>(argument(fcinfo, 0).logical)); }

} // namespace cedro::api
