// What is in doubt on this node is settled by this node: it asks.
#include "cluster/node.hpp"
#include "pg/clock.hpp"
#include "pg/scope.hpp"
#include "transaction/in_doubt.hpp"
#include "transaction/recovery.hpp"
#include "transaction/session.hpp"

namespace cedro::transaction {
namespace {

/// Microseconds; longer than the second phase usually takes.
constexpr int64 kPatience = 300000;

Outcome ask(Session *session, const GlobalId &id) {
    const Parameter parameters[] = {{INT4OID, psprintf("%d", id.group)}, {INT8OID, psprintf(UINT64_FORMAT, id.number)}};
    const PGresult *result = run(session, {"CALL citus_internal.transaction_outcome($1, $2, NULL)", parameters});
    return static_cast<Outcome>(PQgetvalue(result, 0, 0)[0]);
}

Session *session_with_group(int32 group) {
    const cluster::Node *node = cluster::primary_of(group);
    return node && node->is_active ? session_if_reachable(node->id) : nullptr;
}

/// Whoever has committed its part knows that all commit.
Outcome ask_participants(const Part &part) {
    for (const cluster::Node &each : cluster::other_nodes()) {
        if (each.group == part.gid.group || !part.groups.contains(each.group)) continue;
        Session *session = session_if_reachable(each.id);
        if (session && ask(session, part.id()) == Outcome::Committed) return Outcome::Committed;
    }
    return Outcome::Unknown;
}

void settle(const Part &part) {
    Outcome outcome = outcome_of(part.id());
    if (outcome == Outcome::Unknown && cluster::primary_of(part.gid.group)) outcome = ask_participants(part);
    if (outcome != Outcome::Committed && outcome != Outcome::RolledBack) return;
    char gid[kGidSize];
    write_gid(part.gid, gid);
    end_part(part.gid, gid, outcome == Outcome::Committed);
    ereport(LOG, (errmsg("%s prepared transaction \"%s\" of another node",
                         outcome == Outcome::Committed ? "committed" : "rolled back", gid)));
}

} // namespace

Outcome outcome_of(const GlobalId &id) {
    if (id.group == cluster::local_group()) return own_outcome(id.number);
    Session *session = session_with_group(id.group);
    return session ? ask(session, id) : Outcome::Unknown;
}

Outcome seen_outcome(const GlobalId &id) {
    bool is_complete = false;
    for (const Decided &each : decided_since(PG_INT64_MAX, {&id, 1}, is_complete))
        if (TransactionIdDidCommit(each.xid)) return Outcome::Committed;
    return Outcome::Unknown;
}

bool has_parts_to_settle() { return has_parts_in_doubt(); }

void settle_here() {
    if (RecoveryInProgress()) return;
    const int64 now = pg::monotonic_time();
    for (const Part &each : parts_in_doubt()) {
        if (each.gid.connection == 0 || now - each.since < kPatience) continue;
        // One that cannot be settled must not be in the way of the others.
        if (ErrorData *error = pg::caught([&] { settle(each); }))
            ereport(LOG, (errcode(error->sqlerrcode),
                          errmsg("could not settle a prepared transaction: %s", error->message)));
    }
}

} // namespace cedro::transaction
