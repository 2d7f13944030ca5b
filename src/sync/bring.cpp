#include "sync/bring.hpp"

#include "pg/object.hpp"
#include "pg/server.hpp"
#include "sync/everything.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/session.hpp"

namespace cedro::sync {

namespace {

// What a node says of itself.
struct Peer {
    int32 group;
    int32 nodes;
    int32 tables;
    int32 prepared_transactions;
    bool is_standby;
    bool is_this_server;
    const char *encoding;
    const char *locale;
};

constexpr char kQuestion[] = "SELECT (SELECT groupid FROM pg_catalog.pg_dist_local_group),"
                             " (SELECT pg_catalog.count(*) FROM pg_catalog.pg_dist_node),"
                             " (SELECT pg_catalog.count(*) FROM pg_catalog.pg_dist_partition),"
                             " pg_catalog.current_setting('max_prepared_transactions'), pg_catalog.pg_is_in_recovery(),"
                             " pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time()),"
                             " pg_catalog.pg_encoding_to_char(encoding), datcollate || ' / ' || datctype, oid"
                             " FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()";

const PGresult *ask(const cluster::Node &node) {
    const transaction::Statement statement{kQuestion};
    const PGresult *answer = transaction::run(transaction::session(node.id), statement);
    if (PQntuples(answer) != 1)
        ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION),
                        errmsg("node %s:%d gave no answer about itself", node.host, node.port)));
    return answer;
}

// The same start of the server and the same database: it is the backend's own.
bool is_this_server(const PGresult *answer) {
    const float8 start = DatumGetFloat8(DirectFunctionCall1(float8in, CStringGetDatum(PQgetvalue(answer, 0, 5))));
    const float8 own = static_cast<float8>(PgStartTime) / USECS_PER_SEC +
                       (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * float8{SECS_PER_DAY};
    const Oid database = static_cast<Oid>(strtoul(PQgetvalue(answer, 0, 8), nullptr, 10));
    return database == MyDatabaseId && own - start < 1e-5 && start - own < 1e-5;
}

Peer peer_of(const cluster::Node &node) {
    const PGresult *answer = ask(node);
    auto number = [&](int column) { return pg_strtoint32(PQgetvalue(answer, 0, column)); };
    return {number(0),
            number(1),
            number(2),
            number(3),
            PQgetvalue(answer, 0, 4)[0] == 't',
            is_this_server(answer),
            PQgetvalue(answer, 0, 6),
            PQgetvalue(answer, 0, 7)};
}

const char *own_locale() {
    return pg::with_cached(DATABASEOID, MyDatabaseId, [](HeapTuple tuple) {
        auto setting = [&](AttrNumber attribute) {
            auto value = pg::column(DATABASEOID, tuple, attribute);
            return value ? TextDatumGetCString(*value) : "";
        };
        return psprintf("%s / %s", setting(Anum_pg_database_datcollate), setting(Anum_pg_database_datctype));
    });
}

void require_database(const cluster::Node &node, const Peer &peer) {
    if (strcmp(peer.encoding, GetDatabaseEncodingName()) != 0)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("the database on node %s:%d has encoding %s, but this one has %s", node.host, node.port,
                               peer.encoding, GetDatabaseEncodingName()),
                        errhint("Make the database there again with ENCODING '%s'.", GetDatabaseEncodingName())));
    if (strcmp(peer.locale, own_locale()) != 0)
        ereport(WARNING, (errmsg("the database on node %s:%d has another locale than this one", node.host, node.port),
                          errdetail("LC_COLLATE / LC_CTYPE are %s there and %s here. Text may sort differently there.",
                                    peer.locale, own_locale())));
}

void require_settings(const cluster::Node &node, const Peer &peer) {
    if (peer.is_standby)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("node %s:%d is a standby", node.host, node.port),
                        errhint("Add its primary, or add it with noderole => 'secondary'.")));
    if (peer.prepared_transactions == 0)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("max_prepared_transactions is 0 on node %s:%d", node.host, node.port),
                        errhint("Put the line max_prepared_transactions = %d into its postgresql.conf and restart it.",
                                2 * MaxConnections)));
}

} // namespace

void examine(const cluster::Node &node) {
    const Peer peer = peer_of(node);
    if (peer.is_this_server)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("%s:%d is this server itself", node.host, node.port),
                        errhint("Use SELECT citus_set_coordinator_host('%s', %d) to name the address of the "
                                "coordinator.",
                                node.host, node.port)));
    require_settings(node, peer);
    require_database(node, peer);
    const bool is_fresh = peer.group == 0 && peer.nodes == 0 && peer.tables == 0;
    const bool is_returning = peer.group == node.group && peer.nodes > 0;
    if (!is_fresh && !is_returning)
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("node %s:%d already has metadata of a cluster", node.host, node.port),
                        errdetail("It is of group %d and knows %d nodes and %d distributed tables.", peer.group,
                                  peer.nodes, peer.tables),
                        errhint("If they are not needed, run DROP EXTENSION citus CASCADE and CREATE EXTENSION citus "
                                "there.")));
}

namespace {

// Messages of moderate size: a command list may be as large as the catalogs.
constexpr size_t kBytesPerMessage = 512 * 1024;

void send_in_parts(int32 node_id, std::span<const char *const> commands) {
    size_t start = 0;
    size_t bytes = 0;
    for (size_t i = 0; i < commands.size(); i++) {
        bytes += strlen(commands[i]);
        if (bytes < kBytesPerMessage && i + 1 < commands.size()) continue;
        transaction::run_on(node_id, commands.subspan(start, i + 1 - start));
        start = i + 1;
        bytes = 0;
    }
}

} // namespace

void bring(const cluster::Node &node) {
    const int32 id = node.id;
    const pg::Vector<const char *> commands = everything(node.group);
    send_in_parts(id, commands);
}

void dismiss(const cluster::Node &node) {
    if (!transaction::session_if_reachable(node.id)) {
        ereport(WARNING, (errmsg("node %s:%d could not be told that it was removed", node.host, node.port),
                          errhint("Before it is added again, run DROP EXTENSION citus CASCADE and CREATE EXTENSION "
                                  "citus there.")));
        return;
    }
    const char *const commands[] = {"SELECT citus_internal.forget_cluster('{}', '{}')",
                                    "DELETE FROM pg_catalog.pg_dist_object",
                                    "UPDATE pg_catalog.pg_dist_local_group SET groupid = 0",
                                    "UPDATE citus_internal.metadata_version SET version = 0"};
    transaction::run_on(node.id, commands);
}

} // namespace cedro::sync
