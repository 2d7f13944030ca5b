#include "sync/health.hpp"

#include "plan/sql_text.hpp"
#include "transaction/login.hpp"
#include "transaction/session.hpp"

namespace cedro::sync {

bool can_connect(const char *host, int32 port) {
    net::Connection *connection = nullptr;
    const cluster::Node *node = cluster::find(host, port);
    if (transaction::log_in({node ? node->id : 0, host, port}, &connection)) return false;
    net::close(connection);
    return true;
}

namespace {

std::optional<bool> ask(const cluster::Node &from, const cluster::Node &to) {
    if (cluster::is_local(from)) return can_connect(to.host, to.port);
    transaction::Session *session = transaction::session_if_reachable(from.id);
    if (!session) return std::nullopt;
    const char *question =
        psprintf("SELECT pg_catalog.citus_check_connection_to_node(%s, %d)", plan::literal(to.host), to.port);
    const PGresult *answer = transaction::run(session, {question});
    return PQntuples(answer) == 1 && PQgetvalue(answer, 0, 0)[0] == 't';
}

} // namespace

pg::Vector<Reach> check_health() {
    pg::Vector<Reach> result;
    const pg::Vector<cluster::Node> nodes = cluster::active_primaries();
    for (const cluster::Node &from : nodes)
        for (const cluster::Node &to : nodes) result.push({from, to, ask(from, to)});
    return result;
}

} // namespace cedro::sync
