#include "transaction/deadlock.hpp"

#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "transaction/session.hpp"
#include "transaction/wait_cycle.hpp"

namespace cedro::transaction {
namespace {

constexpr char kMessage[] = "deadlock detected";
constexpr char kDetail[] = "Transactions on several nodes wait for each other; this one is the youngest of them.";

constexpr char kDump[] =
    "SELECT waiting_pid, waiting_node_id, coalesce(waiting_transaction_num, 0),"
    " coalesce((extract(epoch FROM waiting_transaction_stamp) * 1000000)::bigint, 0),"
    " blocking_pid, blocking_node_id, coalesce(blocking_transaction_num, 0),"
    " coalesce((extract(epoch FROM blocking_transaction_stamp) * 1000000)::bigint, 0), blocking_transaction_waiting"
    " FROM pg_catalog.dump_local_wait_edges()";

Party read_party(const PGresult *result, int row, int column) {
    auto number = [&](int offset) { return strtoll(PQgetvalue(result, row, column + offset), nullptr, 10); };
    // Microseconds since 1970 in the text, since 2000 in a timestamp.
    constexpr int64 kEpoch = (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
    const int64 stamp = number(3);
    return {static_cast<int32>(number(0)), static_cast<int32>(number(1)), static_cast<uint64>(number(2)),
            stamp ? stamp - kEpoch : 0};
}

/// The graph with one vertex for each transaction, whatever backends work for it.
struct Graph {
    pg::Vector<Party> vertices;
    pg::Vector<Arc> arcs;

    int vertex_of(const Party &party) {
        for (size_t i = 0; i < vertices.size(); i++)
            if (vertices[i].is_same_as(party)) {
                if (vertices[i].stamp == 0) vertices[i].stamp = party.stamp;
                return static_cast<int>(i);
            }
        vertices.push(party);
        return static_cast<int>(vertices.size()) - 1;
    }
};

Graph graph_of(const pg::Vector<WaitEdge> &edges) {
    Graph graph;
    for (const WaitEdge &each : edges) {
        const int waiting = graph.vertex_of(each.waiting);
        graph.arcs.push({waiting, graph.vertex_of(each.blocking)});
    }
    std::ranges::sort(graph.arcs.begin(), graph.arcs.end(), {}, &Arc::waiting);
    return graph;
}

template <typename T>
std::span<T> zeroed(size_t count) {
    return {static_cast<T *>(palloc0((count + 1) * sizeof(T))), count};
}

bool is_younger(const Party &a, const Party &b) {
    if (a.stamp != b.stamp) return a.stamp > b.stamp;
    return a.group != b.group ? a.group > b.group : a.number > b.number;
}

/// The youngest distributed transaction of a cycle, or nullptr; all nodes choose the same.
const Party *youngest(const Graph &graph, std::span<const int> cycle) {
    const Party *best = nullptr;
    for (int vertex : cycle) {
        const Party &party = graph.vertices[static_cast<size_t>(vertex)];
        if (party.number != 0 && (!best || is_younger(party, *best))) best = &party;
    }
    return best;
}

/// One victim for each cycle.
pg::Vector<Party> victims_of(const Graph &graph) {
    const size_t count = graph.vertices.size();
    CycleSearch search{graph.arcs, zeroed<bool>(count), zeroed<int>(count), zeroed<int>(count), zeroed<size_t>(count)};
    pg::Vector<Party> victims;
    for (auto cycle = find_cycle(search); !cycle.empty(); cycle = find_cycle(search)) {
        const Party *victim = youngest(graph, cycle);
        if (victim) victims.push(*victim);
        // A cycle of local backends only is PostgreSQL's own business.
        search
            .is_removed[victim ? static_cast<size_t>(victim - graph.vertices.begin()) : static_cast<size_t>(cycle[0])] =
            true;
    }
    return victims;
}

pg::Vector<Party> own_victims() {
    pg::Vector<Party> own;
    for (const Party &each : victims_of(graph_of(global_wait_edges())))
        if (each.group == cluster::local_group()) own.push(each);
    return own;
}

/// Whether a transaction of this node is old enough to be waiting in a cycle.
bool may_have_victim() {
    for (const Running &each : running())
        if (!each.is_worker && each.database == MyDatabaseId &&
            TimestampDifferenceExceeds(each.id.stamp, GetCurrentTimestamp(), DeadlockTimeout))
            return true;
    return false;
}

} // namespace

pg::Vector<WaitEdge> global_wait_edges() {
    pg::Vector<WaitEdge> edges = local_wait_edges();
    struct Sent {
        Session *session;
        Ticket ticket;
    };
    pg::Vector<Sent> sent;
    for (const cluster::Node &node : cluster::other_nodes())
        if (Session *session = session_if_reachable(node.id)) sent.push({session, send(session, {kDump})});
    for (const Sent &each : sent) {
        const PGresult *result = receive(each.session, each.ticket);
        for (int row = 0; row < PQntuples(result); row++)
            edges.push({read_party(result, row, 0), read_party(result, row, 4), PQgetvalue(result, row, 8)[0] == 't'});
    }
    return edges;
}

bool check_deadlocks() {
    if (RecoveryInProgress() || !may_have_victim()) return false;
    pg::Vector<Party> first = own_victims();
    if (setting::log_distributed_deadlock_detection)
        ereport(LOG, (errmsg("looked for cycles of waits over several nodes"),
                      errdetail("Transactions to end: %zu.", first.size())));
    if (first.empty()) return false;
    // The nodes were not looked at in one instant: what is real is still there.
    bool is_found = false;
    for (const Party &each : own_victims())
        for (const Party &before : first)
            if (each.is_same_as(before) && cancel_deadlocked(each.number)) is_found = true;
    return is_found;
}

void raise_if_victim() {
    if (!is_deadlock_victim()) return;
    QueryCancelPending = false;
    ereport(ERROR, (errcode(ERRCODE_T_R_DEADLOCK_DETECTED), errmsg(kMessage), errdetail(kDetail)));
}

void correct_cancel(ErrorData *error) {
    if (error->elevel != ERROR || error->sqlerrcode != ERRCODE_QUERY_CANCELED || !is_deadlock_victim()) return;
    error->sqlerrcode = ERRCODE_T_R_DEADLOCK_DETECTED;
    error->message = MemoryContextStrdup(error->assoc_context, kMessage);
    error->detail = MemoryContextStrdup(error->assoc_context, kDetail);
}

} // namespace cedro::transaction
