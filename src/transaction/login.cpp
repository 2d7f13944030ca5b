#include "transaction/login.hpp"

#include "catalog/relation.hpp"
#include "catalog/version.hpp"
#include "cluster/node.hpp"
#include "net/error.hpp"
#include "net/secret.hpp"
#include "net/version.hpp"
#include "pg/catalog.hpp"
#include "pg/scope.hpp"
#include "transaction/distributed_id.hpp"

namespace cedro::transaction {
namespace {

/// The client's own credentials for the node (rows of node 0 count for all), or nullptr.
const char *authinfo_of(int32 node_id, const char *role) {
    // Asked for with each transaction, and hardly ever there.
    if (catalog::is_never_filled(catalog::Relation::Authinfo)) return nullptr;
    const char *found = nullptr;
    int32 found_node = 0;
    catalog::scan(catalog::Relation::Authinfo, 2, F_NAMEEQ, CStringGetDatum(role),
                  "pg_dist_authinfo_identification_index", [&](HeapTuple tuple, TupleDesc descriptor) {
                      const int32 node = DatumGetInt32(catalog::column(tuple, descriptor, 1));
                      if (node != node_id && (node != 0 || found)) return;
                      if (found && found_node == node_id) return;
                      found = TextDatumGetCString(catalog::column(tuple, descriptor, 3));
                      found_node = node;
                  });
    return found;
}

const char *poolinfo_of(int32 node_id) {
    const char *found = nullptr;
    catalog::scan(catalog::Relation::Poolinfo, 1, F_INT4EQ, Int32GetDatum(node_id), "pg_dist_poolinfo_pkey",
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      found = TextDatumGetCString(catalog::column(tuple, descriptor, 2));
                  });
    return found;
}

const char *session_role() { return GetUserNameFromId(GetSessionUserId(), false); }

net::Target target_of(const NodeAddress &node) {
    net::Target target{};
    target.node_id = node.id;
    target.host = node.host;
    target.port = node.port;
    target.authinfo = authinfo_of(node.id, session_role());
    target.poolinfo = poolinfo_of(node.id);
    target.login = target.authinfo ? session_role() : net::kNodeRole;
    target.password = target.authinfo ? nullptr : net::login_password();
    target.application_name = psprintf("citus_internal gpid=" INT64_FORMAT, my_gpid());
    return target;
}

const Unreachable *why_not_connected(const net::Attempt &attempt) {
    const net::Target &target = attempt.target;
    const char *hint = "Check that the server runs, accepts connections from this node and has the extension: CREATE "
                       "EXTENSION citus there lets nodes log in.";
    if (attempt.was_refused)
        hint = psprintf(
            "If the password was refused, run CREATE EXTENSION citus there, or the file %s of that node differs "
            "from this node's: copy it into the data directory there and run SELECT "
            "citus_internal.adopt_secret().",
            net::kSecretFile);
    return pg::make<Unreachable>(psprintf("could not connect to node %s:%d", target.host, target.port), attempt.failure,
                                 hint);
}

const Unreachable *why_not_proved(const net::Connection &connection, const PGresult *result) {
    ErrorData *error = net::error_of(result, connection);
    const char *hint = error->hint;
    if (error->sqlerrcode == ERRCODE_UNDEFINED_SCHEMA || error->sqlerrcode == ERRCODE_UNDEFINED_FUNCTION)
        hint = psprintf("Run CREATE EXTENSION citus in database \"%s\" there.", get_database_name(MyDatabaseId));
    return pg::make<Unreachable>(
        psprintf("node %s:%d cannot be used: %s", connection.host, connection.port, error->message), error->detail,
        hint);
}

const Unreachable *prove_to(net::Connection *connection) {
    const PGresult *challenge = net::query(connection, "SELECT citus_internal.node_challenge()", {});
    if (PQresultStatus(challenge) != PGRES_TUPLES_OK) return why_not_proved(*connection, challenge);
    const char *parameters[] = {net::proof(PQgetvalue(challenge, 0, 0)), net::kLibraryVersion,
                                catalog::installed_version(), psprintf("%d", net::kWireVersion),
                                psprintf("%d", cluster::local_group())};
    const PGresult *key =
        net::query(connection, "CALL citus_internal.prove_node($1, $2, $3, $4, $5, NULL)", parameters);
    if (PQresultStatus(key) != PGRES_TUPLES_OK) return why_not_proved(*connection, key);
    connection->cancel_key = pg_strtoint32(PQgetvalue(key, 0, 0));
    return nullptr;
}

} // namespace

const char *login_role(int32 node_id) { return authinfo_of(node_id, session_role()) ? session_role() : net::kNodeRole; }

void log_in(std::span<Login> logins) {
    pg::Vector<net::Attempt> attempts;
    for (const Login &each : logins) attempts.push({target_of(each.node)});
    net::connect(attempts);
    size_t proved = 0; // connections before this one are settled
    pg::finally(
        [&] {
            for (; proved < logins.size(); proved++) {
                net::Attempt &attempt = attempts[proved];
                Login &login = logins[proved];
                login.reason = attempt.connection ? prove_to(attempt.connection) : why_not_connected(attempt);
                if (!login.reason)
                    login.connection = attempt.connection;
                else if (attempt.connection)
                    net::close(attempt.connection);
            }
        },
        [&] {
            if (proved == logins.size()) return;
            for (const net::Attempt &each : attempts)
                if (each.connection) net::close(each.connection);
        });
}

const Unreachable *log_in(const NodeAddress &node, net::Connection **connection) {
    Login login{node};
    log_in({&login, 1});
    *connection = login.connection;
    return login.reason;
}

void raise_unreachable(const Unreachable &reason) {
    ereport(ERROR, (errcode(ERRCODE_SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION), errmsg("%s", reason.message),
                    reason.detail ? errdetail_internal("%s", reason.detail) : 0,
                    reason.hint ? errhint("%s", reason.hint) : 0));
}

} // namespace cedro::transaction
