// Connections of this backend that outlive transactions.
#include "cluster/node.hpp"
#include "net/settings.hpp"
#include "pg/scope.hpp"
#include "pg/shared_memory.hpp"
#include "transaction/login.hpp"
#include "transaction/participant.hpp"

namespace cedro::transaction {
namespace {

constinit pg::Vector<net::Connection *> *idle = nullptr;

// The server takes a polite end of the connection for an end, and a closed socket for an accident.
void close_all(int, Datum) {
    for (net::Connection *each : *idle) net::close(each);
    idle->clear();
}

void make_pool() {
    if (idle) return;
    idle = pg::with_context(TopMemoryContext, [] { return pg::make<pg::Vector<net::Connection *>>(TopMemoryContext); });
    before_shmem_exit(close_all, 0);
}

net::Connection *remove(size_t position) {
    net::Connection *connection = (*idle)[position];
    for (size_t i = position + 1; i < idle->size(); i++) (*idle)[i - 1] = (*idle)[i];
    idle->resize_down(idle->size() - 1);
    return connection;
}

bool is_too_old(const net::Connection *connection) {
    const int lifetime = setting::max_cached_connection_lifetime;
    return lifetime >= 0 && TimestampDifferenceExceeds(connection->opened_at, GetCurrentTimestamp(), lifetime);
}

bool fits(net::Connection *connection, const cluster::Node &node, const char *login) {
    return net::settle(connection) && connection->port == node.port && strcmp(connection->host, node.host) == 0 &&
           strcmp(connection->login, login) == 0 && net::is_alive(connection);
}

net::Connection *take_idle(const cluster::Node &node) {
    const char *login = login_role(node.id);
    for (size_t i = 0; i < idle->size(); i++) {
        if ((*idle)[i]->node_id != node.id) continue;
        net::Connection *connection = remove(i--);
        if (fits(connection, node, login)) return connection;
        net::close(connection);
    }
    return nullptr;
}

/// A node that could not be reached a moment ago, so that not every statement waits for it.
struct Failure {
    int32 node_id;
    net::Deadline until;
};
constexpr int64 kRemembered = 5000; // milliseconds
constinit std::array<Failure, 16> failures{};
constinit size_t next_failure = 0;

bool failed_lately(int32 node_id) {
    for (const Failure &each : failures)
        if (each.node_id == node_id && net::now() < each.until) return true;
    return false;
}

const Unreachable *open(int32 node_id, net::Connection **connection) {
    const cluster::Node &node = cluster::node(node_id);
    if (cluster::is_local(node))
        ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
                        errmsg("node %s:%d is this node: its part runs in this backend", node.host, node.port)));
    make_pool();
    *connection = take_idle(node);
    if (*connection) return nullptr;
    const Unreachable *reason = log_in({node.id, pstrdup(node.host), node.port}, connection);
    if (reason) failures[next_failure++ % failures.size()] = {node_id, net::in_milliseconds(kRemembered)};
    return reason;
}

} // namespace

net::Connection *take_connection(int32 node_id) {
    net::Connection *connection = nullptr;
    if (const Unreachable *reason = open(node_id, &connection)) raise_unreachable(*reason);
    return connection;
}

net::Connection *try_take_connection(int32 node_id) {
    if (failed_lately(node_id)) return nullptr;
    net::Connection *connection = nullptr;
    return open(node_id, &connection) ? nullptr : connection;
}

void connect_ahead(std::span<const cluster::Node> nodes) {
    make_pool();
    pg::Vector<Login> logins;
    for (const cluster::Node &each : nodes) {
        if (net::Connection *known = take_idle(each))
            idle->push(known);
        else
            logins.push({{each.id, pstrdup(each.host), each.port}});
    }
    log_in(std::span<Login>(logins));
    const Unreachable *reason = nullptr;
    for (const Login &each : logins) {
        if (each.connection) idle->push(each.connection);
        if (each.reason) reason = each.reason;
    }
    if (reason) raise_unreachable(*reason);
}

void give_back(net::Connection *connection) {
    if (setting::max_cached_conns_per_worker == 0 || is_too_old(connection) ||
        (!connection->is_settling && PQtransactionStatus(connection->libpq) != PQTRANS_IDLE)) {
        net::close(connection);
        return;
    }
    idle->push(connection);
}

} // namespace cedro::transaction
