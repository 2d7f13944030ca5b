#include "transaction/everywhere.hpp"

#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "net/wait.hpp"
#include "pg/guc.hpp"
#include "pg/lock.hpp"
#include "pg/scope.hpp"
#include "pg/spi.hpp"
#include "transaction/session.hpp"
#include "transaction/text_array.hpp"

namespace cedro::transaction {
namespace {

constexpr char kRunCommands[] = "CALL citus_internal.run_commands($1)";
constexpr char kNextVersion[] = "UPDATE citus_internal.metadata_version SET version = version + 1";
constexpr int64 kCatchUpLimit = 10000; // milliseconds

// pg_temp last: names of types and tables must not be caught by temporary ones.
void with_plain_search_path(pg::FunctionRef<void()> body) {
    const int level = NewGUCNestLevel();
    set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
                      false);
    body();
    AtEOXact_GUC(true, level);
}

/// A change that another node made may have reached the coordinator before this node.
void wait_for_version(int64 version) {
    const net::Deadline deadline = net::in_milliseconds(kCatchUpLimit);
    while (metadata_version() < version) {
        if (net::now() >= deadline)
            ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                            errmsg("this node has missed changes of the cluster's metadata"),
                            errhint("Run citus_activate_node for this node on the coordinator.")));
        net::wait({}, net::in_milliseconds(10), net::Interrupts::Process);
    }
}

} // namespace

void run_here(std::span<const char *const> commands) {
    pg::with_user(catalog::owner(), SECURITY_LOCAL_USERID_CHANGE, [&] {
        with_plain_search_path([&] {
            apply([&] {
                pg::with_spi([&] {
                    for (const char *command : commands) pg::sql(command);
                });
            });
        });
    });
}

void run_on(int32 node_id, std::span<const char *const> commands) {
    const Parameter parameter{TEXTARRAYOID, text_array(commands)};
    run(session(node_id), {kRunCommands, {&parameter, 1}, InvalidOid, true});
}

void run_on_each(std::span<const NodeCommands> parts) {
    struct Sent {
        Session *session;
        Ticket ticket;
    };
    pg::Vector<Sent> all;
    for (const NodeCommands &part : parts) {
        const Parameter parameter{TEXTARRAYOID, text_array(part.commands)};
        Session *each = session(part.node_id);
        all.push({each, send(each, {kRunCommands, {&parameter, 1}, InvalidOid, true})});
    }
    for (const Sent &each : all) receive(each.session, each.ticket);
}

void run_on_others(std::span<const char *const> commands) {
    pg::Vector<cluster::Node> nodes = cluster::other_nodes();
    connect_all(nodes);
    pg::Vector<NodeCommands> parts;
    for (const cluster::Node &node : nodes) parts.push({node.id, commands});
    run_on_each(parts);
}

void run_everywhere(std::span<const char *const> commands) {
    lock_metadata();
    pg::Vector<const char *> all;
    for (const char *each : commands) all.push(each);
    all.push(kNextVersion);
    run_here(all);
    run_on_others(all);
}

int64 metadata_version() {
    const Oid relid = get_relname_relid("metadata_version", get_namespace_oid("citus_internal", false));
    Relation relation = table_open(relid, AccessShareLock);
    int64 version = 0;
    // A catalog snapshot: what is committed now, also in REPEATABLE READ.
    SysScanDesc rows = systable_beginscan(relation, InvalidOid, false, nullptr, 0, nullptr);
    if (HeapTuple tuple = systable_getnext(rows); HeapTupleIsValid(tuple)) {
        bool null = false;
        version = DatumGetInt64(heap_getattr(tuple, 1, RelationGetDescr(relation), &null));
    }
    systable_endscan(rows);
    table_close(relation, AccessShareLock);
    return version;
}

void lock_metadata_here() {
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, 0, kDdlLockClass);
    LockAcquire(&tag, ExclusiveLock, false, false);
}

void lock_metadata() {
    if (cluster::is_coordinator()) {
        lock_metadata_here();
        return;
    }
    const cluster::Node *coordinator = cluster::primary_of(cluster::kCoordinatorGroup);
    if (!coordinator)
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("this node does not know the coordinator"),
                 errhint("Run citus_set_coordinator_host on the coordinator.")));
    const PGresult *result =
        run(session(coordinator->id), {"CALL citus_internal.lock_metadata(NULL)", {}, InvalidOid, false});
    wait_for_version(strtoll(PQgetvalue(result, 0, 0), nullptr, 10));
}

} // namespace cedro::transaction
