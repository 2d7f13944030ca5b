#include "sync/registration.hpp"

#include "catalog/relation.hpp"
#include "cluster/node_lock.hpp"
#include "net/settings.hpp"
#include "pg/object.hpp"
#include "pg/scope.hpp"
#include "pg/server.hpp"
#include "plan/sql_text.hpp"
#include "sync/bring.hpp"
#include "sync/metadata_rows.hpp"
#include "sync/reference_tables.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/session.hpp"

namespace cedro::sync {

namespace {

void everywhere(const char *command) {
    const char *const commands[] = {command};
    transaction::run_everywhere(commands);
}

int64 next_of(const char *sequence) {
    const Oid oid = get_relname_relid(sequence, PG_CATALOG_NAMESPACE);
    return pg::with_user(catalog::owner(), SECURITY_LOCAL_USERID_CHANGE, [&] { return nextval_internal(oid, false); });
}

// A copy that survives changes of pg_dist_node.
cluster::Node copied(const cluster::Node &node) {
    cluster::Node copy = node;
    copy.host = pstrdup(node.host);
    copy.cluster = pstrdup(node.cluster);
    return copy;
}

bool is_primary(const NodeRequest &request) { return strcmp(request.role, "primary") == 0; }

void require_valid(const NodeRequest &request) {
    if (*request.host == '\0' || strlen(request.host) > 255)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("node name must have 1 to 255 bytes")));
    if (request.port < 1 || request.port > 65535)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("node port %d is not between 1 and 65535", request.port)));
    if (is_primary(request) && strcmp(request.cluster, "default") != 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("a primary node can only be in the cluster \"default\"")));
}

int32 insert_row(const NodeRequest &request, int32 group, bool is_active) {
    const auto id = static_cast<int32>(next_of("pg_dist_node_nodeid_seq"));
    const bool is_coordinator = group == cluster::kCoordinatorGroup;
    // Secondaries hold what their primary holds.
    const bool knows_all = is_coordinator || (is_active && is_primary(request));
    everywhere(psprintf("INSERT INTO pg_catalog.pg_dist_node (nodeid, groupid, nodename, nodeport, noderack, "
                        "hasmetadata, isactive, noderole, nodecluster, metadatasynced, shouldhaveshards) VALUES (%d, "
                        "%d, %s, %d, 'default', %s, %s, %s, %s, %s, %s)",
                        id, group, plan::literal(request.host), request.port, knows_all ? "true" : "false",
                        is_active ? "true" : "false", plan::literal(request.role), plan::literal(request.cluster),
                        knows_all ? "true" : "false", is_coordinator ? "false" : "true"));
    return id;
}

// Others must be able to reach the coordinator at the address that is given to them.
void require_reachable_coordinator(const NodeRequest &request) {
    const cluster::Node *coordinator = cluster::primary_of(cluster::kCoordinatorGroup);
    auto is_loopback = [](const char *host) {
        return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0;
    };
    if (!coordinator || !is_loopback(coordinator->host) || is_loopback(request.host)) return;
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("cannot add node %s:%d while the coordinator is known as %s", request.host, request.port,
                           coordinator->host),
                    errdetail("Other nodes could not connect to the coordinator."),
                    errhint("Run SELECT citus_set_coordinator_host('<address>') first.")));
}

void ensure_coordinator() {
    if (cluster::primary_of(cluster::kCoordinatorGroup)) return;
    insert_row({setting::local_hostname, PostPortNumber, cluster::kCoordinatorGroup, "primary", "default", false},
               cluster::kCoordinatorGroup, true);
}

int32 group_for(const NodeRequest &request) {
    if (request.group >= 0) {
        // Groups that are named explicitly must not be given out again.
        const Oid sequence = get_relname_relid("pg_dist_groupid_seq", PG_CATALOG_NAMESPACE);
        everywhere(psprintf("SELECT CASE WHEN %d > last_value THEN pg_catalog.setval(%u, %d) END FROM "
                            "pg_catalog.pg_dist_groupid_seq",
                            request.group, sequence, request.group));
        return request.group;
    }
    if (!is_primary(request))
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("a %s node needs the group of its primary", request.role),
                        errhint("Use citus_add_secondary_node(), or give the argument groupid.")));
    return static_cast<int32>(next_of("pg_dist_groupid_seq"));
}

void set_active(int32 id, bool is_active) {
    const char *value = is_active ? "true" : "false";
    everywhere(psprintf("UPDATE pg_catalog.pg_dist_node SET isactive = %s, hasmetadata = %s, metadatasynced = %s WHERE "
                        "nodeid = %d",
                        value, value, value, id));
}

void begin(const char *operation) {
    cluster::require_coordinator(operation);
    transaction::lock_metadata();
    push_node_rows();
}

// A disabled node that is up knows that it is: it refuses to answer from metadata that grow old.
void tell_disabled(const cluster::Node &node) {
    if (!transaction::session_if_reachable(node.id)) return;
    const char *const commands[] = {
        psprintf("UPDATE pg_catalog.pg_dist_node SET isactive = false WHERE nodeid = %d", node.id)};
    transaction::run_on(node.id, commands);
}

// The node is examined before anything of it changes, and told everything once it counts as active.
void bring_in(int32 id) {
    examine(copied(cluster::node(id)));
    set_active(id, true);
    bring(copied(cluster::node(id)));
    replicate_to_new_node(id);
}

} // namespace

cluster::Node require_node(const char *host, int32 port) {
    if (const cluster::Node *node = cluster::find(host, port)) return copied(*node);
    ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("there is no node at %s:%d", host, port),
                    errhint("SELECT * FROM citus_nodes shows the nodes of the cluster.")));
}

int32 add_node(const NodeRequest &request, const char *operation) {
    begin(operation);
    require_valid(request);
    if (const cluster::Node *existing = cluster::find(request.host, request.port)) return existing->id;
    if (request.group != cluster::kCoordinatorGroup) {
        ensure_coordinator();
        require_reachable_coordinator(request);
        // It may have been registered just now under the address that is to be added.
        if (const cluster::Node *existing = cluster::find(request.host, request.port)) return existing->id;
    }
    const int32 group = group_for(request);
    const bool needs_nothing = group == cluster::kCoordinatorGroup || !is_primary(request);
    const int32 id = insert_row(request, group, needs_nothing && !request.is_inactive);
    if (!needs_nothing && !request.is_inactive) bring_in(id);
    return id;
}

void set_coordinator(const NodeRequest &request) {
    begin("citus_set_coordinator_host");
    require_valid(request);
    const cluster::Node *coordinator = cluster::primary_of(cluster::kCoordinatorGroup);
    if (!coordinator || !is_primary(request)) {
        insert_row(request, cluster::kCoordinatorGroup, true);
        return;
    }
    everywhere(psprintf("UPDATE pg_catalog.pg_dist_node SET nodename = %s, nodeport = %d WHERE nodeid = %d",
                        plan::literal(request.host), request.port, coordinator->id));
}

int32 add_secondary(const NodeRequest &request, const char *primary_host, int32 primary_port) {
    begin("citus_add_secondary_node");
    NodeRequest complete = request;
    complete.group = require_node(primary_host, primary_port).group;
    return add_node(complete, "citus_add_secondary_node");
}

int32 activate_node(const char *host, int32 port) {
    begin("citus_activate_node");
    const cluster::Node node = require_node(host, port);
    if (node.is_active && (node.is_metadata_synced || !node.is_primary)) return node.id;
    if (node.is_primary && !cluster::is_local(node))
        bring_in(node.id);
    else
        set_active(node.id, true);
    return node.id;
}

void refresh_node(const char *host, int32 port) {
    begin("start_metadata_sync_to_node");
    const cluster::Node node = require_node(host, port);
    if (!node.is_active || !node.is_primary)
        ereport(ERROR,
                (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                 errmsg("node %s:%d is not an active primary", host, port), errhint("Use citus_activate_node().")));
    if (cluster::is_local(node)) return;
    set_active(node.id, true);
    bring(node);
}

void refresh_all() {
    begin("start_metadata_sync_to_all_nodes");
    for (const cluster::Node &each : cluster::other_nodes()) {
        const cluster::Node node = copied(each);
        set_active(node.id, true);
        bring(node);
    }
}

void disable_node(const char *host, int32 port) {
    begin("citus_disable_node");
    const cluster::Node node = require_node(host, port);
    if (node.is_coordinator() && node.is_primary)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("the coordinator cannot be disabled")));
    if (!node.is_active) return;
    // From here on commands for all nodes leave it out: it may be down.
    set_active(node.id, false);
    if (node.is_primary) {
        drop_reference_placements(node.group);
        if (const int64 shard = sole_placement(node.group))
            ereport(NOTICE, (errmsg("node %s:%d holds the only placement of shards", node.host, node.port),
                             errdetail("Shard " INT64_FORMAT " is one of them. Statements that need them fail while "
                                       "the node is disabled.",
                                       shard),
                             errhint("SELECT citus_activate_node('%s', %d) brings it back.", node.host, node.port)));
        tell_disabled(node);
    }
}

void remove_node(const char *host, int32 port) {
    begin("citus_remove_node");
    const cluster::Node node = require_node(host, port);
    if (node.is_primary) {
        if (!node.is_coordinator()) set_active(node.id, false); // it may be down
        drop_reference_placements(node.group);
        if (const int64 shard = sole_placement(node.group))
            ereport(ERROR,
                    (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                     errmsg("cannot remove node %s:%d, because it holds the only placement of shards", host, port),
                     errdetail("Shard " INT64_FORMAT " of table \"%s\" is one of them.", shard,
                               get_rel_name(table::shell_of_shard(shard))),
                     errhint("Move them away with citus_drain_node('%s', %d), or drop or undistribute the tables.",
                             host, port)));
        everywhere(psprintf("DELETE FROM pg_catalog.pg_dist_placement WHERE groupid = %d", node.group));
        if (!node.is_coordinator()) dismiss(node);
    }
    everywhere(psprintf("DELETE FROM pg_catalog.pg_dist_node WHERE nodeid = %d", node.id));
}

void pause_node(int32 id, bool is_forced, int32 cooldown) {
    cluster::require_coordinator("citus_pause_node_within_txn");
    cluster::node(id); // raises when there is none
    cluster::lock_node_exclusive(id, is_forced, cooldown);
}

void update_node(const AddressChange &change) {
    cluster::require_coordinator("citus_update_node");
    transaction::lock_metadata();
    require_valid({change.host, change.port, -1, "primary", "default", false});
    const cluster::Node node = copied(cluster::node(change.id));
    const cluster::Node *taken = cluster::find(change.host, change.port);
    if (taken && taken->id != node.id)
        ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
                        errmsg("node %d is already at %s:%d", taken->id, change.host, change.port)));
    if (node.port == change.port && strcmp(node.host, change.host) == 0) return;
    cluster::lock_node_exclusive(node.id, change.is_forced, change.cooldown);
    // Other nodes may be down at this moment, and the transaction may be prepared:
    // nothing remote here. They are told by push_node_rows().
    const char *const commands[] = {
        psprintf("UPDATE pg_catalog.pg_dist_node SET nodename = %s, nodeport = %d WHERE nodeid = %d",
                 plan::literal(change.host), change.port, node.id),
        "UPDATE pg_catalog.pg_dist_node SET metadatasynced = false WHERE hasmetadata AND isactive AND groupid <> 0 AND "
        "noderole = 'primary'"};
    transaction::run_here(commands);
}

int push_node_rows() {
    auto is_outdated = [](const cluster::Node &node) { return !node.is_metadata_synced; };
    if (!cluster::is_coordinator() || std::ranges::none_of(cluster::other_nodes(), is_outdated)) return 0;
    transaction::lock_metadata();
    int told = 0;
    for (const cluster::Node &node : cluster::other_nodes()) {
        if (node.is_metadata_synced || !transaction::session_if_reachable(node.id)) continue;
        const char *const mark[] = {
            psprintf("UPDATE pg_catalog.pg_dist_node SET metadatasynced = true WHERE nodeid = %d", node.id)};
        transaction::run_here(mark);
        pg::Vector<const char *> commands;
        add_node_rows(commands, node.group);
        transaction::run_on(node.id, commands);
        told++;
    }
    return told;
}

void set_property(const char *host, int32 port, const char *property, bool value) {
    begin("citus_set_node_property");
    const cluster::Node node = require_node(host, port);
    if (strcmp(property, "shouldhaveshards") != 0)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown node property \"%s\"", property),
                        errhint("The only property is shouldhaveshards.")));
    everywhere(psprintf("UPDATE pg_catalog.pg_dist_node SET shouldhaveshards = %s WHERE nodeid = %d",
                        value ? "true" : "false", node.id));
}

} // namespace cedro::sync
