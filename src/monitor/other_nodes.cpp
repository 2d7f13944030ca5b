#include "monitor/other_nodes.hpp"

#include "cluster/node.hpp"
#include "transaction/session.hpp"

namespace cedro::monitor {
namespace {

/// A question to another node and its ticket.
struct Asked {
    transaction::Session *session;
    transaction::Ticket ticket;
};

} // namespace

pg::Vector<const PGresult *> ask_others(const char *sql, bool is_optional, const char *missing, bool *are_complete) {
    pg::Vector<Asked> asked;
    if (are_complete) *are_complete = true;
    for (const cluster::Node &node : cluster::other_nodes()) {
        transaction::Session *session =
            is_optional ? transaction::session_if_reachable(node.id) : transaction::session(node.id);
        if (session == nullptr) {
            ereport(WARNING, (errcode(ERRCODE_SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION),
                              errmsg("cannot reach the node at %s:%d; %s are missing", node.host, node.port, missing)));
            if (are_complete) *are_complete = false;
            continue;
        }
        asked.push({session, transaction::send(session, {.sql = sql, .role = GetUserId()})});
    }
    pg::Vector<const PGresult *> answers;
    for (const Asked &each : asked) answers.push(transaction::receive(each.session, each.ticket));
    return answers;
}

} // namespace cedro::monitor
