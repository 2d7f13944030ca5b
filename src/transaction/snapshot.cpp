#include "transaction/snapshot.hpp"

#include "cluster/node.hpp"
#include "pg/clock.hpp"
#include "pg/scope.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/held_snapshot.hpp"
#include "transaction/participant.hpp"
#include "transaction/recovery.hpp"

namespace cedro::transaction {
namespace {

constexpr int64 kWindow = 50000; // microseconds; longer than a commit usually takes
constexpr int kUnprotectedRounds = 2;
constexpr int kMostRounds = 50;

constinit int32 last_number = 0;
constinit pg::Vector<int32> *open_numbers = nullptr; // in TopTransactionContext
constinit bool is_pinned = false;                    // REPEATABLE READ: all nodes have their snapshots

/// A node in a round; session nullptr: this backend.
struct Seat {
    Session *session;
    int32 group;
    Ticket ticket;
    SnapshotAnswer answer;
    pg::Vector<GlobalId> patches;
};

struct Rounds {
    pg::Vector<Seat> seats;
    Snapshot here; // of the running statement; nullptr in a round without this backend, or when it has none of its own
    int32 number;
    int64 window;
    int64 duration;
    pg::Vector<GlobalId> shown; // by some node in an earlier round
    pg::Vector<GlobalId> asked; // what the nodes are asked for
    bool is_protected;
    bool must_retake;
};

int32 oldest_open(int32 otherwise) {
    int32 oldest = otherwise;
    if (open_numbers)
        for (int32 each : *open_numbers) oldest = std::min(oldest, each);
    return oldest;
}

const char *text_of(std::span<const GlobalId> ids) {
    StringInfoData text;
    initStringInfo(&text);
    for (const GlobalId &each : ids) appendStringInfo(&text, "%d " UINT64_FORMAT " ", each.group, each.number);
    return text.data;
}

void ask(Rounds &rounds, Seat &seat) {
    const Parameter parameters[] = {
        {INT4OID, psprintf("%d", rounds.number)},
        {INT4OID, psprintf("%d", oldest_open(rounds.number))},
        {INT8OID, psprintf(INT64_FORMAT, rounds.window)},
        {BOOLOID, rounds.is_protected ? "t" : "f"},
        {TEXTOID, text_of(rounds.asked)},
    };
    seat.ticket =
        send(seat.session, {"CALL citus_internal.hold_snapshot($1, $2, $3, $4, $5, NULL)", parameters, GetUserId()});
}

void take_here(Rounds &rounds, Seat &seat) {
    seat.answer = renew_snapshot(rounds.here, {rounds.number, 0, rounds.window, rounds.is_protected, rounds.asked});
}

void hear(Seat &seat) {
    const PGresult *result = receive(seat.session, seat.ticket);
    std::string_view text = PQgetvalue(result, 0, 0);
    seat.answer = read_answer(text);
}

void collect(Rounds &rounds) {
    const int64 begin = pg::monotonic_time();
    for (Seat &each : rounds.seats) {
        each.patches = pg::Vector<GlobalId>();
        if (each.session) ask(rounds, each);
    }
    for (Seat &each : rounds.seats)
        if (!each.session) take_here(rounds, each);
    for (Seat &each : rounds.seats)
        if (each.session) hear(each);
    rounds.duration = pg::monotonic_time() - begin;
}

void add(pg::Vector<GlobalId> &ids, const GlobalId &id) {
    if (!ids.contains(id)) ids.push(id);
}

[[noreturn]] void refuse() {
    ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
                    errmsg("could not serialize access: the transaction's snapshots on several nodes do not fit"),
                    errdetail("A transaction has written on several nodes since this one began to read."),
                    errhint("The transaction might succeed if retried.")));
}

[[noreturn]] void raise_unknown(const GlobalId &id) {
    ereport(ERROR, (errcode(ERRCODE_CONNECTION_FAILURE),
                    errmsg("could not learn the outcome of a transaction that is prepared on several nodes"),
                    errdetail("The node of group %d decides on it, and cannot be reached.", id.group)));
}

void judge_shown(Rounds &rounds, const Round &round, const Report &shown, const Sighting &sighting) {
    for (size_t i = 0; i < round.reports.size(); i++) {
        const Report &other = round.reports[i];
        if (other.group == shown.group) continue;
        switch (verdict(round, other, sighting)) {
        case Verdict::Whole: continue;
        case Verdict::Patch: add(rounds.seats[i].patches, sighting.id); break;
        case Verdict::Refuse:
            if (std::ranges::find(round.asked, sighting.id) != round.asked.end()) refuse();
            [[fallthrough]];
        case Verdict::Retake: rounds.must_retake = true; break;
        }
        add(rounds.shown, sighting.id);
        add(rounds.asked, sighting.id);
    }
}

void judge_in_doubt(Rounds &rounds, const Round &round, const Report &report, Seat &seat, const Sighting &sighting) {
    if (report.is_fixed || seat.patches.contains(sighting.id)) return;
    switch (doubt(round, report, sighting)) {
    case Doubt::Harmless: return;
    case Doubt::Ask:
        add(rounds.asked, sighting.id);
        rounds.window = std::max(rounds.window, sighting.age * 2);
        rounds.must_retake = true;
        return;
    case Doubt::Origin:
        switch (outcome_of(sighting.id)) {
        case Outcome::Committed: seat.patches.push(sighting.id); return;
        case Outcome::Running:
        case Outcome::RolledBack: return;
        case Outcome::Unknown: raise_unknown(sighting.id);
        }
    }
}

/// The nodes whose snapshots are fixed must show whatever the others show, from the begin of the transaction on.
void check_fixed(std::span<const Report> reports) {
    if (std::ranges::none_of(reports, &Report::is_fixed)) return;
    for (const Report &each : reports)
        if (!each.is_complete) refuse();
}

template <typename T>
pg::Vector<T> copy_of(const pg::Vector<T> &from) {
    pg::Vector<T> copy;
    for (const T &each : from) copy.push(each);
    return copy;
}

/// What the reports say: patches for each node, or that all have to be asked again.
void judge(Rounds &rounds) {
    pg::Vector<Report> reports;
    for (const Seat &each : rounds.seats)
        reports.push({each.group, each.answer.is_fixed, each.answer.is_complete, each.answer.sightings});
    check_fixed(reports);
    // What this round finds is for the next one.
    const pg::Vector<GlobalId> shown = copy_of(rounds.shown);
    const pg::Vector<GlobalId> asked = copy_of(rounds.asked);
    const Round round{reports, shown, asked, rounds.window, rounds.duration};
    rounds.must_retake = rounds.duration > rounds.window / 2;
    if (rounds.must_retake) rounds.window = rounds.duration * 4;
    for (const Report &report : round.reports)
        for (const Sighting &each : report.sightings)
            if (each.sight == Sight::Visible) judge_shown(rounds, round, report, each);
    for (size_t i = 0; i < reports.size(); i++)
        for (const Sighting &each : reports[i].sightings)
            if (each.sight == Sight::InDoubt) judge_in_doubt(rounds, round, reports[i], rounds.seats[i], each);
}

void patch_all(Rounds &rounds) {
    for (Seat &each : rounds.seats) {
        if (!each.session || (each.patches.empty() && !rounds.is_protected)) continue;
        const Parameter parameters[] = {{INT4OID, psprintf("%d", rounds.number)}, {TEXTOID, text_of(each.patches)}};
        each.ticket = send(each.session, {"CALL citus_internal.patch_snapshot($1, $2)", parameters, GetUserId()});
    }
    for (Seat &each : rounds.seats)
        if (!each.session) patch_own_snapshot(rounds.here, each.patches);
    // Errors and waits come with the tasks that follow in the same sessions.
    for (Seat &each : rounds.seats)
        if (each.session && (!each.patches.empty() || rounds.is_protected)) discard(each.session, each.ticket);
}

void run_rounds(Rounds &rounds) {
    for (int round = 0;; round++) {
        rounds.is_protected = round >= kUnprotectedRounds;
        collect(rounds);
        judge(rounds);
        if (!rounds.must_retake) return patch_all(rounds);
        if (round == kMostRounds)
            ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
                            errmsg("could not get snapshots that fit each other from all nodes")));
    }
}

Seat seat_of(Session *session) {
    return {session, session ? session->group : cluster::local_group(), 0,
            SnapshotAnswer{pg::Vector<Sighting>(), false, true}, pg::Vector<GlobalId>()};
}

Rounds rounds_of(std::span<Session *const> sessions, int64 window) {
    Rounds rounds{pg::Vector<Seat>(),     nullptr, ++last_number, window, 0, pg::Vector<GlobalId>(),
                  pg::Vector<GlobalId>(), false,   false};
    for (Session *each : sessions) rounds.seats.push(seat_of(each));
    return rounds;
}

int32 take_for_statement(std::span<Session *const> sessions, Snapshot here) {
    Rounds rounds = rounds_of(sessions, kWindow);
    rounds.here = here;
    if (here) rounds.seats.push(seat_of(nullptr));
    run_rounds(rounds);
    pg::with_context(TopTransactionContext, [&] {
        if (!open_numbers) open_numbers = pg::make<pg::Vector<int32>>();
        open_numbers->push(rounds.number);
    });
    return rounds.number;
}

/// Whether the transaction has to do with one node only, these included.
bool is_single(std::span<Session *const> sessions, Snapshot here) {
    if (sessions.size() + (here ? 1 : 0) > 1) return false;
    return std::ranges::all_of(participants(), [&](const Session *each) {
        return each->phase == Phase::Fresh || (!sessions.empty() && each == sessions[0]);
    });
}

/// REPEATABLE READ: all nodes take their snapshots now.
void pin(Snapshot here) {
    pg::Vector<Session *> sessions;
    for (const cluster::Node &each : cluster::other_nodes())
        if (Session *session = session_if_reachable(each.id)) sessions.push(session);
    const int64 age = GetCurrentTimestamp() - GetCurrentTransactionStartTimestamp();
    Rounds rounds = rounds_of(sessions, kWindow + std::max<int64>(age, 0));
    rounds.here = here;
    rounds.seats.push(seat_of(nullptr));
    run_rounds(rounds);
    for (Session *each : sessions) each->is_pinned = true;
    is_pinned = true;
}

void check_pinned(std::span<Session *const> sessions) {
    for (const Session *each : sessions)
        if (!each->is_pinned) refuse();
}

} // namespace

int32 take_snapshots(std::span<Session *const> sessions, Snapshot here) {
    if (IsolationIsSerializable()) return 0;
    if (!IsolationUsesXactSnapshot()) return take_for_statement(sessions, here);
    if (is_pinned)
        check_pinned(sessions);
    else if (!is_single(sessions, here))
        pin(here);
    return 0;
}

void release_snapshot(int32 number) {
    if (!open_numbers) return;
    for (int32 &each : *open_numbers) {
        if (each != number) continue;
        each = open_numbers->back();
        open_numbers->resize_down(open_numbers->size() - 1);
        return;
    }
}

void forget_snapshots() {
    last_number = 0;
    open_numbers = nullptr;
    is_pinned = false;
    forget_applied();
    forget_held_snapshots();
}

} // namespace cedro::transaction
